#include "text.h"
#include "transcript.h"
#include "vb_platform.h"

void vb_options_default(vb_options *options) {
    *options = (vb_options){
        .iteration_ns = 50000000,
        .budget_ns = 2000000000,
        .warmup_iterations = 10,
        .min_iterations = 10,
        .max_iterations = 50,
        .max_relative_error = 0.01,
        .slowdown = 0,
        .implementation = "c",
        .build = "-",
        .peer = 0,
        .disk = 0,
    };
}

static const vb_probe *find_probe(const vb_probe *const *probes, int count, const char *id, size_t length) {
    for (int i = 0; i < count; i++) {
        const char *candidate = probes[i]->id;
        size_t matched = 0;
        while (matched < length && candidate[matched] != '\0' && candidate[matched] == id[matched]) {
            matched++;
        }
        if (matched == length && candidate[matched] == '\0') {
            return probes[i];
        }
    }
    return 0;
}

/* Nobody is to take the figures of a slowed section for the machine's. */
static void note_slowdown(vb_run *run, double slowdown) {
    char bytes[VB_VALUE_MAX];
    vb_text text = {.bytes = bytes, .capacity = sizeof(bytes) - 1};
    vb_text_number(&text, slowdown * 100);
    vb_text_char(&text, '%');
    bytes[text.length] = '\0';
    vb_run_note(run, "slow", bytes);
}

/* Opens, measures and verifies, and does not close: the probe's histograms are still to be read. Stops at the first thing that sets
 * run->error. */
static void run_probe(vb_section *section, const vb_options *options, vb_record *record, vb_transcript *transcript) {
    vb_run *run = &section->run;
    const vb_probe *probe = section->probe;
    section->workload = probe->workload;
    if (options->slowdown > 0) {
        note_slowdown(run, options->slowdown);
    }
    vb_status status = probe->open != 0 ? probe->open(run) : VB_OK;
    if (status == VB_OK && run->error[0] == '\0') {
        vb_transcript_notes(transcript, section);
        status = section->workload != 0 ? vb_measure(section, options, record) : vb_fail(run, "the probe has no workload");
        if (status == VB_OK) {
            vb_transcript_iterations(transcript, record);
            status = probe->verify != 0 ? probe->verify(run) : VB_OK;
        }
    }
    if (status != VB_OK) {
        vb_fail(run, "the probe failed without a reason");
    }
}

/* Returns whether the section failed. */
static int run_section(vb_section *section, const vb_options *options, const vb_probe *const *probes, int probe_count,
                       const char *specification, vb_record *record) {
    vb_transcript transcript;
    vb_run *run = &section->run;
    size_t id_length = vb_specification_id(specification);
    section->probe = find_probe(probes, probe_count, specification, id_length);
    if (section->probe == 0) {
        vb_fail(run, "no such probe; see --list");
    } else {
        vb_specification_read(run, section->probe->parameters != 0 ? section->probe->parameters : "", specification);
    }
    vb_transcript_hello(&transcript, section, options, specification, id_length);
    int opened = run->error[0] == '\0';
    if (opened) {
        run_probe(section, options, record, &transcript);
    }
    vb_transcript_close(&transcript, section);
    if (opened && section->probe->close != 0) {
        section->probe->close(run);
    }
    return run->error[0] != '\0' && !run->unsupported;
}

int vb_execute(const vb_options *options, const vb_probe *const *probes, int probe_count, const char *const *specifications,
               int specification_count) {
    vb_record record = {.capacity = vb_record_capacity(options)};
    size_t iterations_bytes = sizeof(vb_iteration) * (size_t)record.capacity;
    size_t bytes = iterations_bytes + sizeof(double) * (size_t)record.capacity;
    record.iterations = vb_platform_map(bytes, 0);
    if (record.iterations != 0) {
        record.scratch = (double *)((char *)record.iterations + iterations_bytes);
    }
    vb_clock_get();
    int failed = 0;
    for (int i = 0; i < specification_count; i++) {
        vb_section section = {.options = options};
        if (record.iterations == 0) {
            vb_fail(&section.run, "no memory for the iterations");
        }
        failed += run_section(&section, options, probes, probe_count, specifications[i], &record);
    }
    if (record.iterations != 0) {
        vb_platform_unmap(record.iterations, bytes);
    }
    return failed;
}
