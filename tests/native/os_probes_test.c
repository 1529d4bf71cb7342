#include "probe_fixture.h"

static void system_calls_answer(void) {
    accepts("os.syscall", 100);
    accepts("os.clock", 100);
    accepts("os.cpuid", 10);
    REFUSES("os.syscall", 0, calls, state->parent++; section.workload(state, 3));
    REFUSES("os.clock", 0, calls, state->latest = INT64_MAX; section.workload(state, 3));
    REFUSES("os.clock", 0, calls, (void)state);
    REFUSES("os.cpuid", 0, identity, state->first++; section.workload(state, 3));
}

static int wrong_answer(void *pair, int token) {
    (void)pair;
    return token;
}

static void partners_answer(void) {
    accepts("os.pipe", 300);
    accepts("os.thread", 300);
    REFUSES("os.pipe", 3, ping_pong, state->round_trip = wrong_answer; section.workload(state, 3));
    REFUSES("os.thread", 3, ping_pong, state->round_trip = wrong_answer; section.workload(state, 3));
}

static void jitter_has_percentiles_of_the_actual_run(void) {
    CHECK(begin("os.jitter", 3));
    const jitter *state = section.run.context;
    CHECK(state->gaps.count == 3);
    section.is_actual = 0;
    section.workload(section.run.context, 1);
    CHECK(state->gaps.count == 3);
    CHECK(verify() == VB_OK);
    CHECK(section.run.metric_count == 5);
    CHECK_TEXT(section.run.metrics[4].name, "gap.max");
    for (int i = 2; i < 5; i++) {
        CHECK(section.run.metrics[i].value >= section.run.metrics[i - 1].value && section.run.metrics[i].value > 0);
    }
    end();
    REFUSES("os.jitter", 1, jitter, state->gaps.count = 0);
}

/* How far the clock is from the system's over 50 ms, relative. */
static double clock_drift(const vb_clock *clock) {
    uint64_t ns = vb_platform_monotonic_ns(), ticks = vb_clock_ticks(clock), elapsed;
    while ((elapsed = vb_platform_monotonic_ns() - ns) < 50000000) {
    }
    return fabs((double)(vb_clock_ticks(clock) - ticks) * clock->ns_per_tick / (double)elapsed - 1);
}

static void the_clock_keeps_step_with_the_system(void) {
    vb_clock_install(NULL);
    const vb_clock *clock = vb_clock_get();
    CHECK(vb_clock_get() == clock);
    CHECK(clock->hz > 1e6 && clock->hz < 1e11);
    CHECK_NEAR(clock->hz * clock->ns_per_tick, 1e9, 1e-12);
    double least = 1;
    for (int i = 0; i < 5; i++) { /* a busy machine may stop us between two readings, but not each time */
        least = fmin(least, clock_drift(clock));
    }
    CHECK(least < 0.001);
}

static void a_program_is_no_kernel(void) {
    static const char *const probes[] = {"exit.io", "exit.mmio", "exit.hypercall", "exit.ipi"};
    for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
        CHECK_TEXT(refusal(probes[i]), "only a kernel may do this, and this program is none");
        CHECK(section.run.unsupported);
    }
}

static const check_test tests[] = {
    TEST(system_calls_answer),
    TEST(partners_answer),
    TEST(jitter_has_percentiles_of_the_actual_run),
    TEST(a_program_is_no_kernel),
    TEST(the_clock_keeps_step_with_the_system),
};

CHECK_MAIN(tests)
