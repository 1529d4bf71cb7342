/* The stages, with a workload that takes as long as the script says. */
#include "check.h"
#include "fake_platform.h"
#include "measure.h"
#include "vb_platform.h"

static double op_ns;                /* what one operation takes */
static double loop_ns;              /* what one turn of the overhead takes */
static double (*disturbance)(void); /* ns added to each workload call; NULL: none */
static int64_t longest_call;

static void scripted_workload(void *context, intptr_t operations) {
    (void)context;
    fake_now_ns += (uint64_t)((op_ns + loop_ns) * (double)operations + (disturbance != NULL ? disturbance() : 0));
    longest_call = operations > longest_call ? operations : longest_call;
}

static void scripted_overhead(void *context, intptr_t operations) {
    (void)context;
    fake_now_ns += (uint64_t)(loop_ns * (double)operations);
}

static const vb_probe scripted = {.id = "test.scripted", .parameters = "", .workload = scripted_workload, .overhead = scripted_overhead};

static vb_section section;
static vb_record record;
static vb_options options;
static vb_iteration iterations[4096];
static double scratch[4096];

static void prepare(double op, double loop) {
    fake_reset();
    vb_options_default(&options);
    op_ns = op;
    loop_ns = loop;
    disturbance = NULL;
    longest_call = 0;
    section = (vb_section){.probe = &scripted, .workload = scripted.workload};
    record = (vb_record){.iterations = iterations, .scratch = scratch, .capacity = vb_record_capacity(&options)};
}

static vb_status measure(void) {
    record.capacity = vb_record_capacity(&options);
    return vb_measure(&section, &options, &record);
}

static int count_of(vb_stage stage) {
    int count = 0;
    for (int i = 0; i < record.count; i++) {
        count += record.iterations[i].stage == stage;
    }
    return count;
}

static const vb_iteration *first_of(vb_stage stage) {
    for (int i = 0; i < record.count; i++) {
        if (record.iterations[i].stage == stage) {
            return &record.iterations[i];
        }
    }
    return NULL;
}

static void the_pilot_reaches_the_iteration_time_and_not_much_more(void) {
    for (double op = 0.3; op < 4e7; op *= 3.7) {
        prepare(op, 0);
        CHECK(measure() == VB_OK);
        const vb_iteration *actual = first_of(VB_WORKLOAD_ACTUAL);
        CHECK(actual->ns >= (double)options.iteration_ns);
        CHECK(actual->ns <= 1.1 * (double)options.iteration_ns || actual->operations <= 2);
    }
}

static void no_iteration_has_fewer_operations_than_the_probe_asks_for(void) {
    prepare(3e9, 0);
    vb_probe probe = scripted;
    probe.least_operations = 64;
    section.probe = &probe;
    CHECK(measure() == VB_OK);
    CHECK(first_of(VB_WORKLOAD_PILOT)->operations == 64);
    CHECK(first_of(VB_WORKLOAD_ACTUAL)->operations == 64);
}

static void an_operation_longer_than_an_iteration_runs_alone(void) {
    prepare(3e9, 0);
    options.min_iterations = 3;
    CHECK(measure() == VB_OK);
    CHECK(count_of(VB_WORKLOAD_PILOT) == 1);
    CHECK(longest_call == 1);
    CHECK(count_of(VB_WORKLOAD_WARMUP) == 1); /* longer than a quarter of the budget */
    CHECK(count_of(VB_WORKLOAD_ACTUAL) == 3);
}

static void a_clock_that_stands_still_is_a_failure(void) {
    prepare(0, 0);
    CHECK(measure() == VB_FAILED);
    CHECK(strstr(section.run.error, "clock") != NULL);
    CHECK(record.count <= record.capacity);
}

static void stages_come_in_order(void) {
    prepare(1000, 1);
    CHECK(measure() == VB_OK);
    CHECK(record.iterations[0].stage == VB_OVERHEAD_JITTING && record.iterations[0].operations == 1);
    CHECK(record.iterations[1].stage == VB_WORKLOAD_JITTING && record.iterations[1].operations == 1);
    for (int i = 1; i < record.count; i++) {
        CHECK(record.iterations[i].stage >= record.iterations[i - 1].stage);
    }
}

static void all_stages_after_the_pilot_run_its_count(void) {
    prepare(777, 2);
    CHECK(measure() == VB_OK);
    int64_t operations = first_of(VB_WORKLOAD_ACTUAL)->operations;
    for (int i = 0; i < record.count; i++) {
        CHECK(record.iterations[i].stage <= VB_WORKLOAD_PILOT || record.iterations[i].operations == operations);
    }
}

static void results_are_less_the_overhead(void) {
    prepare(100, 25);
    CHECK(measure() == VB_OK);
    const vb_iteration *actual = first_of(VB_WORKLOAD_ACTUAL);
    CHECK_NEAR(actual->ns / (double)actual->operations, 125, 1e-6);
    CHECK_NEAR(vb_result_ns(&record, actual) / (double)actual->operations, 100, 1e-6);
}

static void a_result_is_never_negative(void) {
    record.overhead_ns = 50;
    CHECK(vb_result_ns(&record, &(vb_iteration){.operations = 1, .ns = 40}) == 0);
    CHECK(vb_result_ns(&record, &(vb_iteration){.operations = 1, .ns = 60}) == 10);
}

static void a_steady_workload_stops_at_the_least_count(void) {
    prepare(1000, 0);
    CHECK(measure() == VB_OK);
    CHECK(count_of(VB_WORKLOAD_ACTUAL) == options.min_iterations);
}

static double noise(void) {
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 40) * 2; /* 0 to 33.5 ms on 50 ms */
}

static void a_noisy_one_goes_on_to_the_most(void) {
    prepare(1000, 0);
    disturbance = noise;
    options.budget_ns = INT64_MAX / 2;
    options.max_relative_error = 0.001;
    CHECK(measure() == VB_OK);
    CHECK(count_of(VB_WORKLOAD_ACTUAL) == options.max_iterations);
    CHECK(count_of(VB_WORKLOAD_ACTUAL) > options.min_iterations);
}

static void the_budget_ends_it_after_the_least_count(void) {
    prepare(1000, 0);
    disturbance = noise;
    options.budget_ns = 1500000000;
    options.max_relative_error = 0.0001;
    CHECK(measure() == VB_OK);
    CHECK(count_of(VB_WORKLOAD_ACTUAL) > options.min_iterations);
    CHECK(count_of(VB_WORKLOAD_ACTUAL) < options.max_iterations);
    CHECK(fake_now_ns < 1700000000);
}

static void a_budget_that_is_gone_still_leaves_the_least_count(void) {
    prepare(1e9, 10);
    options.budget_ns = 1;
    CHECK(measure() == VB_OK);
    CHECK(count_of(VB_WORKLOAD_ACTUAL) == options.min_iterations);
    CHECK(count_of(VB_OVERHEAD_ACTUAL) == 3);
}

static double getting_faster(void) {
    static double extra = 64e6;
    return extra /= 2;
}

static void warm_up_goes_on_while_it_helps(void) {
    prepare(1000, 0);
    CHECK(measure() == VB_OK);
    int steady = count_of(VB_WORKLOAD_WARMUP);
    prepare(1000, 0);
    options.budget_ns = INT64_MAX / 2;
    options.iteration_ns = 100000;
    disturbance = getting_faster;
    CHECK(measure() == VB_OK);
    CHECK(count_of(VB_WORKLOAD_WARMUP) > steady);
    CHECK(count_of(VB_WORKLOAD_WARMUP) <= options.warmup_iterations);
}

static int actual_seen, other_seen;

static void observing_workload(void *context, intptr_t operations) {
    (void)context;
    actual_seen += vb_run_is_actual(&section.run);
    other_seen += !vb_run_is_actual(&section.run);
    fake_now_ns += (uint64_t)operations * 1000;
}

static void a_probe_can_tell_the_actual_run(void) {
    prepare(1000, 0);
    section.workload = observing_workload;
    CHECK(measure() == VB_OK);
    CHECK(actual_seen == count_of(VB_WORKLOAD_ACTUAL));
    CHECK(other_seen == 1 + count_of(VB_WORKLOAD_PILOT) + count_of(VB_WORKLOAD_WARMUP));
    CHECK(!vb_run_is_actual(&section.run));
}

static void the_engine_has_an_overhead_of_its_own(void) {
    static const vb_probe bare = {.id = "test.bare", .parameters = "", .workload = scripted_workload};
    prepare(1000, 0);
    section.probe = &bare;
    fake_read_cost_ns = 7; /* the clock's own cost is in both, and so falls out */
    CHECK(measure() == VB_OK);
    const vb_iteration *actual = first_of(VB_WORKLOAD_ACTUAL);
    CHECK(record.overhead_ns == 7);
    CHECK(vb_result_ns(&record, actual) == 1000.0 * (double)actual->operations);
}

static void a_slowdown_prolongs_the_work_and_not_the_loop(void) {
    for (double percent = 1; percent <= 300; percent *= 3) {
        prepare(1000, 400);
        fake_read_cost_ns = 1000;
        options.slowdown = percent / 100;
        CHECK(measure() == VB_OK);
        const vb_iteration *actual = first_of(VB_WORKLOAD_ACTUAL);
        double wanted = 1000.0 * (double)actual->operations * (1 + percent / 100);
        double result = vb_result_ns(&record, actual);
        CHECK(result >= wanted - 1 && result <= wanted + 3000); /* the wait sees the time in steps of its own reading */
        CHECK(record.overhead_ns <= 400.0 * (double)actual->operations + 1000);
    }
}

static const check_test tests[] = {
    TEST(the_pilot_reaches_the_iteration_time_and_not_much_more),
    TEST(no_iteration_has_fewer_operations_than_the_probe_asks_for),
    TEST(an_operation_longer_than_an_iteration_runs_alone),
    TEST(a_clock_that_stands_still_is_a_failure),
    TEST(stages_come_in_order),
    TEST(all_stages_after_the_pilot_run_its_count),
    TEST(results_are_less_the_overhead),
    TEST(a_result_is_never_negative),
    TEST(a_steady_workload_stops_at_the_least_count),
    TEST(a_noisy_one_goes_on_to_the_most),
    TEST(the_budget_ends_it_after_the_least_count),
    TEST(a_budget_that_is_gone_still_leaves_the_least_count),
    TEST(warm_up_goes_on_while_it_helps),
    TEST(a_probe_can_tell_the_actual_run),
    TEST(the_engine_has_an_overhead_of_its_own),
    TEST(a_slowdown_prolongs_the_work_and_not_the_loop),
};

CHECK_MAIN(tests)
