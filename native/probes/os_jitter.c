/*
 * os.jitter: one operation is a window of 10 ms in which the clock is read without a pause; the longest gap between two readings is how
 * long the CPU was away. Reported are percentiles of that over all windows of the actual run.
 */
#include "catalogue.h"
#include "clock.h"
#include "histogram.h"
#include "state.h"
#include "vb_platform.h"

enum { WINDOW_NS = 10000000 };

/* The longest gap of one window, in ticks. */
static uint64_t watch(const vb_clock *clock, uint64_t window_ticks) {
    uint64_t begin = vb_clock_ticks(clock), last = begin, longest = 0;
    while (last - begin < window_ticks) {
        uint64_t now = vb_clock_ticks(clock);
        uint64_t gap = now - last;
        longest = gap > longest ? gap : longest;
        last = now;
    }
    return longest;
}

static void run_windows(void *context, intptr_t operations) {
    jitter *state = context;
    int counts = vb_run_is_actual(state->run);
    for (intptr_t i = 0; i < operations; i++) {
        uint64_t longest = watch(state->clock, state->window_ticks);
        if (counts) {
            vb_histogram_add(&state->gaps, (uint64_t)((double)longest * state->clock->ns_per_tick));
        }
    }
}

static vb_status open_jitter(vb_run *run) {
    jitter *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    state->run = run;
    state->clock = vb_clock_get();
    state->window_ticks = (uint64_t)(WINDOW_NS / state->clock->ns_per_tick);
    vb_metric_add(run, "work", 1, "window");
    return VB_OK;
}

static vb_status verify_jitter(vb_run *run) {
    const jitter *state = run->context;
    const vb_histogram *gaps = &state->gaps;
    if (gaps->count == 0 || gaps->highest == 0) {
        return vb_fail(run, "no window saw the clock advance");
    }
    vb_metric_add(run, "gap.p50", (double)vb_histogram_percentile(gaps, 50), "ns");
    vb_metric_add(run, "gap.p90", (double)vb_histogram_percentile(gaps, 90), "ns");
    vb_metric_add(run, "gap.p99", (double)vb_histogram_percentile(gaps, 99), "ns");
    vb_metric_add(run, "gap.max", (double)gaps->highest, "ns");
    vb_run_histogram(run, "gap", gaps);
    return VB_OK;
}

static void close_jitter(vb_run *run) {
    if (run->context != NULL) {
        vb_platform_unmap(run->context, sizeof(jitter));
    }
}

const vb_probe vb_os_jitter = {
    .id = "os.jitter",
    .parameters = "",
    .open = open_jitter,
    .workload = run_windows,
    .verify = verify_jitter,
    .close = close_jitter,
};
