#include "distribution.h"
#include "text.h"

/* The metric NAME.SUFFIX. */
static void report(vb_run *run, const char *name, const char *suffix, uint64_t value, const char *unit) {
    char metric[VB_NAME_MAX];
    vb_text text = {.bytes = metric, .capacity = sizeof(metric) - 1};
    vb_text_string(&text, name);
    vb_text_string(&text, suffix);
    metric[text.length] = '\0';
    vb_metric_add(run, metric, (double)value, unit);
}

vb_status vb_report_times(vb_run *run, const char *name, const vb_histogram *times) {
    static const struct {
        const char *suffix;
        double percent;
    } percentiles[] = {{".p50", 50}, {".p75", 75}, {".p90", 90}, {".p95", 95}, {".p99", 99}, {".p99.9", 99.9}, {".p99.99", 99.99}};
    if (times->count == 0) {
        return vb_fail(run, "no operation was timed");
    }
    for (size_t i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++) {
        report(run, name, percentiles[i].suffix, vb_histogram_percentile(times, percentiles[i].percent), "ns");
    }
    report(run, name, ".max", times->highest, "ns");
    report(run, name, ".count", times->count, "operation");
    vb_run_histogram(run, name, times);
    return run->error[0] == '\0' ? VB_OK : VB_FAILED;
}
