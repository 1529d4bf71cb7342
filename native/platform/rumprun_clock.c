/*
 * The time stamp counter, at a rate that was measured here. Neither of Rumprun's own clocks will do:
 *
 * - clock_gettime: NetBSD's time counter is wound up by a thread, which has no turn while a probe computes, and after a second of that
 *   CLOCK_MONOTONIC falls back by one.
 * - libbmk's clock, which stands behind it: it too counts by the time stamp counter, whose rate it holds against the interval timer when it
 *   boots. That comes round every 10 ms, and of a host that is busy for longer it sees nothing: rates were wrong by a third.
 *
 * The high precision event timer never comes round. (IA-PC HPET Specification 1.0a, 2.3; where it stands is fixed on QEMU's machines.)
 */
#include "rumprun.h"
#include "vb_platform.h"

/* Of libbmk, below the kernel; no header of it is installed. Weak, as are all of its names: x86_64-rumprun-netbsd-gcc tries whether a
   program links, and does so without libbmk, which is there when the program is baked. */
__attribute__((weak)) int64_t bmk_platform_cpu_clock_monotonic(void);

static volatile uint64_t *const hpet = (volatile uint64_t *)0xfed00000; /* mapped like all of the first 4 GiB */

enum { CAPABILITIES = 0, CONFIGURATION = 2, COUNTER = 30 }; /* words of 64 bits */

typedef struct moment {
    uint64_t ticks;
    uint64_t count;
} moment;

static double ns_per_tick; /* 0: not yet measured, less than 0: there is nothing to measure it with */

static uint64_t read_ticks(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

/* A moment on both clocks: of several readings the one in the shortest time, which nothing came between. */
static moment read_both(void) {
    moment best = {0, 0};
    uint64_t shortest = UINT64_MAX;
    for (int i = 0; i < 64; i++) {
        uint64_t before = read_ticks();
        uint64_t count = hpet[COUNTER];
        uint64_t took = read_ticks() - before;
        if (took < shortest) {
            shortest = took;
            best = (moment){.ticks = before + took / 2, .count = count};
        }
    }
    return best;
}

/* ns per tick; less than 0 without such a timer: what is not there reads as all ones, or zeros. */
static double measure(void) {
    const uint32_t longest_period_fs = 100000000; /* by the specification */
    const uint64_t counts = 1, is_wide = 1u << 13, baseline_fs = 20000000000000;
    uint64_t capabilities = hpet[CAPABILITIES];
    uint64_t period_fs = capabilities >> 32;
    if (period_fs == 0 || period_fs > longest_period_fs || (capabilities & is_wide) == 0) {
        return -1;
    }
    hpet[CONFIGURATION] |= counts;
    moment first = read_both();
    for (int i = 0; hpet[COUNTER] - first.count < baseline_fs / period_fs; i++) {
        if (i == 1000 && hpet[COUNTER] == first.count) {
            return -1; /* it stands still */
        }
    }
    moment last = read_both();
    return (double)(last.count - first.count) * (double)period_fs * 1e-6 / (double)(last.ticks - first.ticks);
}

uint64_t vb_platform_monotonic_ns(void) {
    if (ns_per_tick == 0) {
        ns_per_tick = measure();
    }
    return ns_per_tick < 0 ? (uint64_t)bmk_platform_cpu_clock_monotonic() : (uint64_t)((double)read_ticks() * ns_per_tick);
}
