#include "transcript.h"
#include "cpu.h"
#include "crc.h"
#include "text.h"
#include "vb_platform.h"
#include "vb_protocol.h"

/* A line being built; the last byte is kept for the line end. */
typedef struct line {
    char bytes[VB_LINE_MAX];
    vb_text text;
} line;

static vb_text *start_line(line *line, const char *begin) {
    line->text = (vb_text){.bytes = line->bytes, .capacity = sizeof(line->bytes) - 1};
    vb_text_string(&line->text, begin);
    return &line->text;
}

static void write_line(line *line) {
    line->bytes[line->text.length++] = '\n';
    vb_platform_write(line->bytes, line->text.length);
}

static void write_checked(vb_transcript *transcript, line *line) {
    line->bytes[line->text.length++] = '\n';
    transcript->crc = vb_crc32(transcript->crc, line->bytes, line->text.length);
    transcript->lines++;
    vb_platform_write(line->bytes, line->text.length);
}

static void write_fixed(vb_transcript *transcript, const char *content) {
    line line;
    start_line(&line, content);
    write_checked(transcript, &line);
}

void vb_transcript_main(const char *implementation, const char *build) {
    line line;
    vb_text *text = start_line(&line, "// VB: main version=");
    vb_text_unsigned(text, VB_PROTOCOL_VERSION, 0);
    vb_text_string(text, " impl=");
    vb_text_string(text, implementation);
    vb_text_string(text, " arch=" VB_ARCHITECTURE " build=");
    vb_text_string(text, build);
    write_line(&line);
}

void vb_transcript_serving(uint16_t port) {
    line line;
    vb_text *text = start_line(&line, "// VB: serving port=");
    vb_text_unsigned(text, port, 0);
    write_line(&line);
}

void vb_transcript_end(int sections, int failed) {
    line line;
    vb_text *text = start_line(&line, "// VB: end sections=");
    vb_text_integer(text, sections);
    vb_text_string(text, " failed=");
    vb_text_integer(text, failed);
    write_line(&line);
}

void vb_transcript_hello(vb_transcript *transcript, const vb_section *section, const vb_options *options, const char *id,
                         size_t id_length) {
    *transcript = (vb_transcript){0};
    write_fixed(transcript, "// BeforeAnythingElse");
    const vb_clock *clock = vb_clock_get();
    const vb_run *run = &section->run;
    line line;
    vb_text *text = start_line(&line, "// VB: hello version=");
    vb_text_unsigned(text, VB_PROTOCOL_VERSION, 0);
    vb_text_string(text, " probe=");
    vb_text_printable(text, id_length > 0 ? id : "-", id_length == 0 ? 1 : id_length < VB_NAME_MAX ? id_length : VB_NAME_MAX);
    vb_text_string(text, " params=");
    for (int i = 0; i < run->parameter_count; i++) {
        vb_text_string(text, i > 0 ? "," : "");
        vb_text_string(text, run->parameters[i].name);
        vb_text_char(text, '=');
        vb_text_string(text, run->parameters[i].value);
    }
    vb_text_string(text, run->parameter_count == 0 ? "-" : "");
    vb_text_string(text, " impl=");
    vb_text_string(text, options->implementation);
    vb_text_string(text, " arch=" VB_ARCHITECTURE " clock=");
    vb_text_string(text, clock->name);
    vb_text_string(text, " clockHz=");
    vb_text_fixed(text, clock->hz, 0);
    vb_text_string(text, " build=");
    vb_text_string(text, options->build);
    vb_text_string(text, " nowNs=");
    vb_text_unsigned(text, vb_platform_monotonic_ns(), 0);
    write_checked(transcript, &line);
}

void vb_transcript_notes(vb_transcript *transcript, const vb_section *section) {
    for (int i = 0; i < section->note_count; i++) {
        line line;
        vb_text *text = start_line(&line, "// VB: note ");
        vb_text_string(text, section->notes[i].name);
        vb_text_char(text, '=');
        vb_text_string(text, section->notes[i].value);
        write_checked(transcript, &line);
    }
}

static void write_measurement(vb_transcript *transcript, vb_stage stage, int index, int64_t operations, double ns) {
    /* Padded to the longest, as BenchmarkDotNet prints them. */
    static const char *const names[VB_STAGE_COUNT] = {
        "OverheadJitting ", "WorkloadJitting ", "WorkloadPilot   ", "OverheadWarmup  ",
        "OverheadActual  ", "WorkloadWarmup  ", "WorkloadActual  ", "WorkloadResult  ",
    };
    line line;
    vb_text *text = start_line(&line, names[stage]);
    vb_text_unsigned(text, (uint64_t)index, 2);
    vb_text_string(text, ": ");
    vb_text_integer(text, operations);
    vb_text_string(text, " op, ");
    vb_text_fixed(text, ns, 2);
    vb_text_string(text, " ns, ");
    vb_text_fixed(text, ns / (double)operations, 4);
    vb_text_string(text, " ns/op");
    write_checked(transcript, &line);
}

void vb_transcript_iterations(vb_transcript *transcript, const vb_record *record) {
    int indices[VB_STAGE_COUNT] = {0};
    for (int i = 0; i < record->count; i++) {
        const vb_iteration *iteration = &record->iterations[i];
        if (iteration->stage == VB_WORKLOAD_ACTUAL && indices[VB_WORKLOAD_ACTUAL] == 0) {
            write_fixed(transcript, "// BeforeActualRun");
        }
        write_measurement(transcript, iteration->stage, ++indices[iteration->stage], iteration->operations, iteration->ns);
    }
    write_fixed(transcript, "// AfterActualRun");
    for (int i = 0; i < record->count; i++) {
        const vb_iteration *iteration = &record->iterations[i];
        if (iteration->stage == VB_WORKLOAD_ACTUAL) {
            write_measurement(transcript, VB_WORKLOAD_RESULT, ++indices[VB_WORKLOAD_RESULT], iteration->operations,
                              vb_result_ns(record, iteration));
        }
    }
}

static void write_metric(vb_transcript *transcript, const vb_metric *metric) {
    line line;
    vb_text *text = start_line(&line, "// VB: metric name=");
    vb_text_string(text, metric->name);
    vb_text_string(text, " value=");
    vb_text_number(text, metric->value);
    vb_text_string(text, " unit=");
    vb_text_string(text, metric->unit);
    write_checked(transcript, &line);
}

static void start_histogram(line *line, const vb_published *histogram) {
    vb_text *text = start_line(line, "// VB: histogram name=");
    vb_text_string(text, histogram->name);
    vb_text_string(text, " unit=ns exact=");
    vb_text_unsigned(text, VB_HISTOGRAM_EXACT, 0);
    vb_text_string(text, " steps=");
    vb_text_unsigned(text, VB_HISTOGRAM_STEPS, 0);
    vb_text_string(text, " highest=");
    vb_text_unsigned(text, histogram->values->highest, 0);
    vb_text_string(text, " slots=");
}

static void write_histogram(vb_transcript *transcript, const vb_published *histogram) {
    const size_t longest_slot = sizeof(",29000:4294967295") - 1;
    line line;
    int previous = 0, listed = 0; /* slots of this line */
    for (int slot = 0; slot < VB_HISTOGRAM_SLOTS; slot++) {
        uint32_t count = histogram->values->counts[slot];
        if (count == 0) {
            continue;
        }
        if (listed > 0 && line.text.length + longest_slot > line.text.capacity) {
            write_checked(transcript, &line);
            listed = 0;
        }
        if (listed == 0) {
            start_histogram(&line, histogram);
            previous = 0;
        }
        vb_text_string(&line.text, listed > 0 ? "," : "");
        vb_text_integer(&line.text, slot - previous);
        if (count != 1) {
            vb_text_char(&line.text, ':');
            vb_text_unsigned(&line.text, count, 0);
        }
        previous = slot;
        listed++;
    }
    if (listed > 0) {
        write_checked(transcript, &line);
    }
}

void vb_transcript_close(vb_transcript *transcript, const vb_section *section) {
    const vb_run *run = &section->run;
    line line;
    int failed = run->error[0] != '\0';
    if (failed) {
        vb_text *text = start_line(&line, run->unsupported ? "// VB: unsupported reason=" : "// VB: error reason=");
        vb_text_string(text, run->error);
        write_checked(transcript, &line);
    }
    for (int i = 0; i < run->metric_count && !failed; i++) {
        write_metric(transcript, &run->metrics[i]);
    }
    for (int i = 0; i < section->histogram_count && !failed; i++) {
        write_histogram(transcript, &section->histograms[i]);
    }
    vb_text *text = start_line(&line, "// VB: crc=");
    vb_text_hex32(text, transcript->crc);
    vb_text_string(text, " lines=");
    vb_text_unsigned(text, transcript->lines, 0);
    vb_text_string(text, " nowNs=");
    vb_text_unsigned(text, vb_platform_monotonic_ns(), 0); /* now, after the other lines went out: the host compares its own clock */
    write_line(&line);
    if (!failed) {
        start_line(&line, "// AfterAll");
        write_line(&line);
    }
}
