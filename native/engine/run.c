/* What a probe calls on its run, outside timed code. */
#include "section.h"
#include "text.h"

void vb_metric_add(vb_run *run, const char *name, double value, const char *unit) {
    if (run->metric_count == VB_METRIC_MAX || __builtin_isnan(value) || __builtin_isinf(value)) {
        vb_fail(run, run->metric_count == VB_METRIC_MAX ? "too many metrics" : "a metric is not a finite number");
        return;
    }
    vb_metric *metric = &run->metrics[run->metric_count++];
    vb_string_copy(metric->name, sizeof(metric->name), name, sizeof(metric->name));
    vb_string_copy(metric->unit, sizeof(metric->unit), unit, sizeof(metric->unit));
    metric->value = value;
}

void vb_run_note(vb_run *run, const char *name, const char *value) {
    vb_section *section = vb_section_of(run);
    if (section->note_count == VB_NOTE_MAX) {
        vb_fail(run, "too many notes");
        return;
    }
    vb_note *note = &section->notes[section->note_count++];
    vb_string_copy(note->name, sizeof(note->name), name, sizeof(note->name));
    vb_string_copy(note->value, sizeof(note->value), value, sizeof(note->value));
}

void vb_run_histogram(vb_run *run, const char *name, const vb_histogram *values) {
    vb_section *section = vb_section_of(run);
    if (section->histogram_count == VB_PUBLISHED_MAX) {
        vb_fail(run, "too many histograms");
        return;
    }
    vb_published *published = &section->histograms[section->histogram_count++];
    vb_string_copy(published->name, sizeof(published->name), name, sizeof(published->name));
    published->values = values;
}

int64_t vb_run_budget_ns(const vb_run *run) {
    return ((const vb_section *)run)->options->budget_ns;
}

void vb_run_use(vb_run *run, vb_workload workload) {
    vb_section_of(run)->workload = workload;
}

int vb_run_is_actual(const vb_run *run) {
    return ((const vb_section *)run)->is_actual;
}

const char *vb_run_peer(const vb_run *run) {
    return ((const vb_section *)run)->options->peer;
}

const char *vb_run_disk(const vb_run *run) {
    return ((const vb_section *)run)->options->disk;
}

/* The first reason is the one that explains the others. */
static vb_status end_with(vb_run *run, const char *why, int unsupported) {
    if (run->error[0] == '\0') {
        vb_string_copy(run->error, sizeof(run->error), why, sizeof(run->error));
        run->unsupported = unsupported;
    }
    return VB_FAILED;
}

vb_status vb_fail(vb_run *run, const char *why) {
    return end_with(run, why, 0);
}

vb_status vb_unsupported(vb_run *run, const char *why) {
    return end_with(run, why, 1);
}
