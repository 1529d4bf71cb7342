#include "clock.h"
#include "vb_platform.h"

static vb_clock process_clock;

typedef struct moment {
    uint64_t ticks;
    uint64_t ns;
} moment;

/* Register and platform clock at one moment: of several tries the one with the shortest bracket, which no interrupt hit. */
static moment read_both(void) {
    moment best = {0, 0};
    uint64_t shortest = UINT64_MAX;
    for (int i = 0; i < 64; i++) {
        uint64_t before = vb_clock_register();
        uint64_t ns = vb_platform_monotonic_ns();
        uint64_t bracket = vb_clock_register() - before;
        if (bracket < shortest) {
            shortest = bracket;
            best = (moment){.ticks = before + bracket / 2, .ns = ns};
        }
    }
    return best;
}

static double measure_rate(void) {
    const uint64_t baseline_ns = 20000000;
    moment first = read_both();
    while (vb_platform_monotonic_ns() - first.ns < baseline_ns) {
    }
    moment last = read_both();
    return (double)(last.ticks - first.ticks) * 1e9 / (double)(last.ns - first.ns);
}

const vb_clock *vb_clock_get(void) {
    if (process_clock.name == 0) {
        double hz = 0;
        const char *name = vb_clock_register_name(&hz);
        process_clock.is_register = name != 0;
        process_clock.name = name != 0 ? name : "clock_gettime";
        process_clock.hz = name == 0 ? 1e9 : hz > 0 ? hz : measure_rate();
        process_clock.ns_per_tick = 1e9 / process_clock.hz;
    }
    return &process_clock;
}

void vb_clock_install(const vb_clock *clock) {
    process_clock = clock != 0 ? *clock : (vb_clock){0};
}

uint64_t vb_clock_ticks(const vb_clock *clock) {
    return clock->is_register ? vb_clock_register() : vb_platform_monotonic_ns();
}
