#include "measure.h"
#include "statistics.h"

enum { PILOT_MAX = 80, OVERHEAD_WARMUPS = 2, OVERHEAD_MIN = 3, OVERHEAD_MAX = 11 };

int vb_record_capacity(const vb_options *options) {
    return 2 + PILOT_MAX + OVERHEAD_WARMUPS + OVERHEAD_MAX + options->warmup_iterations + options->max_iterations;
}

/* The loop of a workload around nothing. */
static void empty_loop(void *context, intptr_t operations) {
    for (intptr_t i = 0; i < operations; i++) {
        __asm__ volatile("" : : "r"(context) : "memory");
    }
}

static double elapsed_ns(const vb_section *section, const vb_clock *clock) {
    return (double)(vb_clock_ticks(clock) - section->started_ticks) * clock->ns_per_tick;
}

/* Waits until the work, which began and ended at these times, has taken so much longer; what the loop itself takes is no work. */
static void prolong(const vb_section *section, const vb_record *record, const vb_clock *clock, uint64_t begin, uint64_t end) {
    double work = (double)(end - begin) - record->overhead_ns / clock->ns_per_tick;
    uint64_t until = end + (uint64_t)(work > 0 ? work * section->slowdown : 0);
    while (vb_clock_ticks(clock) < until) {
    }
}

static double iterate(vb_section *section, vb_record *record, vb_stage stage, int64_t operations) {
    const vb_clock *clock = vb_clock_get();
    int is_overhead = stage == VB_OVERHEAD_JITTING || stage == VB_OVERHEAD_WARMUP || stage == VB_OVERHEAD_ACTUAL;
    vb_workload code = is_overhead ? section->overhead : section->workload;
    void *context = section->run.context;
    section->is_actual = stage == VB_WORKLOAD_ACTUAL;
    uint64_t begin = vb_clock_ticks(clock);
    code(context, (intptr_t)operations);
    uint64_t end = vb_clock_ticks(clock);
    if (section->slowdown > 0 && !is_overhead) {
        prolong(section, record, clock, begin, end);
        end = vb_clock_ticks(clock);
    }
    double ns = (double)(end - begin) * clock->ns_per_tick;
    if (record->count < record->capacity) {
        record->iterations[record->count++] = (vb_iteration){.operations = operations, .ns = ns, .stage = stage};
    }
    return ns;
}

/*
 * The least operation count, from the probe's own least on, whose iteration lasts iteration_ns: doubles while an iteration is too short to
 * tell, then extrapolates from the time per operation and confirms. Returns 0 when there is none (a clock that stands still).
 */
static int64_t pilot(vb_section *section, const vb_options *options, vb_record *record) {
    const double wanted = (double)options->iteration_ns, tells = wanted / 8;
    const int64_t most = (int64_t)1 << 48;
    int64_t operations = section->probe->least_operations > 0 ? section->probe->least_operations : 1;
    for (int i = 0; i < PILOT_MAX && operations < most; i++) {
        double ns = iterate(section, record, VB_WORKLOAD_PILOT, operations);
        if (ns >= wanted) {
            return operations;
        }
        int64_t twice = operations * 2;
        if (ns < tells) {
            operations = twice;
        } else {
            /* 2 % more than needed, so that noise does not make the next try fall short. */
            int64_t estimate = (int64_t)((double)operations * wanted / ns * 1.02) + 1;
            operations = estimate > operations ? estimate : twice;
        }
    }
    return 0;
}

static void measure_overhead(vb_section *section, const vb_options *options, vb_record *record, int64_t operations) {
    const double limit = (double)options->budget_ns / 8;
    double spent = 0;
    int count = 0;
    for (int i = 0; i < OVERHEAD_WARMUPS; i++) {
        iterate(section, record, VB_OVERHEAD_WARMUP, operations);
    }
    while (count < OVERHEAD_MIN || (count < OVERHEAD_MAX && spent < limit)) {
        double ns = iterate(section, record, VB_OVERHEAD_ACTUAL, operations);
        spent += ns;
        record->scratch[count++] = ns;
    }
    record->overhead_ns = vb_median(record->scratch, count);
}

/* Until two iterations in a row were no faster than the best before them, or a quarter of the budget is gone. */
static void warm_up(vb_section *section, const vb_options *options, vb_record *record, int64_t operations) {
    const double noise = 0.01, limit = (double)options->budget_ns / 4;
    double best = __builtin_inf(), spent = 0;
    int without_gain = 0;
    for (int i = 0; i < options->warmup_iterations && without_gain < 2 && spent < limit; i++) {
        double ns = iterate(section, record, VB_WORKLOAD_WARMUP, operations);
        spent += ns;
        without_gain = ns < best * (1 - noise) ? 0 : without_gain + 1;
        best = ns < best ? ns : best;
    }
}

static void measure_workload(vb_section *section, const vb_options *options, vb_record *record, int64_t operations) {
    const vb_clock *clock = vb_clock_get();
    double *results = record->scratch;
    for (int count = 1; count <= options->max_iterations; count++) {
        iterate(section, record, VB_WORKLOAD_ACTUAL, operations);
        results[count - 1] = vb_result_ns(record, &record->iterations[record->count - 1]);
        if (count < options->min_iterations) {
            continue;
        }
        if (vb_relative_error(results, count) <= options->max_relative_error || elapsed_ns(section, clock) >= (double)options->budget_ns) {
            break;
        }
    }
    section->is_actual = 0;
}

double vb_result_ns(const vb_record *record, const vb_iteration *actual) {
    double ns = actual->ns - record->overhead_ns;
    return ns > 0 ? ns : 0;
}

vb_status vb_measure(vb_section *section, const vb_options *options, vb_record *record) {
    const vb_clock *clock = vb_clock_get();
    record->count = 0;
    record->overhead_ns = 0;
    section->slowdown = options->slowdown;
    section->overhead = section->probe->overhead != 0 ? section->probe->overhead : empty_loop;
    section->started_ticks = vb_clock_ticks(clock);
    iterate(section, record, VB_OVERHEAD_JITTING, 1);
    iterate(section, record, VB_WORKLOAD_JITTING, 1);
    int64_t operations = pilot(section, options, record);
    if (operations == 0) {
        return vb_fail(&section->run, "the clock does not advance: no number of operations lasts an iteration");
    }
    measure_overhead(section, options, record, operations);
    warm_up(section, options, record, operations);
    measure_workload(section, options, record, operations);
    return section->run.error[0] == '\0' ? VB_OK : VB_FAILED;
}
