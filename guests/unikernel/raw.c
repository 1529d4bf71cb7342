/*
 * A run in general registers alone, for hosts whose KVM emulates its guests and knows no vector instructions: exit.*, each iteration a
 * fixed number of operations, with the archive's own timed code, in whole numbers, printed as the engine would print it. `note
 * counting=raw` tells the two apart: there is no pilot, no warm-up and no overhead that was taken off.
 */
#include "crc.h"
#include "exits.h"
#include "kernel.h"
#include "vb_engine.h"

enum { ITERATIONS = 10 };

#if defined(__x86_64__)
#define ARCHITECTURE "x86_64"
#define CLOCK "tsc"
#else
#define ARCHITECTURE "aarch64"
#define CLOCK "cntvct"
#endif

/* A section's checksum, and the line that is being written. */
static uint32_t crc;
static uint32_t lines;
static uk_line output;

static void text(const char *string) {
    uk_line_text(&output, string);
}

static void number(uint64_t value) {
    uk_line_unsigned(&output, value);
}

static void end_checked(void) {
    crc = vb_crc32(crc, output.bytes, output.length);
    crc = vb_crc32(crc, "\n", 1);
    lines++;
    uk_line_write(&output);
}

static void now(void) {
    text(" nowNs=");
    number(uk_clock_ns());
}

/* The name of a probe as a word that cannot break the line. */
static void probe_name(const char *specification) {
    for (int i = 0; i < VB_NAME_MAX - 1 && specification[i] != '\0' && specification[i] != '{'; i++) {
        char c = specification[i];
        text((char[]){(c >= 'a' && c <= 'z') || c == '.' ? c : '_', '\0'});
    }
}

static void begin_section(const char *specification) {
    crc = lines = 0;
    text("// BeforeAnythingElse");
    end_checked();
    text("// VB: hello version=1 probe=");
    probe_name(specification);
    text(" params=- impl=c arch=" ARCHITECTURE " clock=" CLOCK " clockHz=");
    number(uk_clock_hz());
    text(" build=");
    text(vb_build_hash());
    now();
    end_checked();
}

static void end_section(void) {
    static const char digits[] = "0123456789abcdef";
    text("// VB: crc=");
    for (int shift = 28; shift >= 0; shift -= 4) {
        text((char[]){digits[crc >> shift & 15], '\0'});
    }
    text(" lines=");
    number(lines);
    now();
    uk_line_write(&output);
}

static void measurement(const char *stage, int index, uint64_t operations, uint64_t ns) {
    uint64_t parts = ns * 10000 / operations, fraction = parts % 10000; /* ns an operation, four decimals */
    text(stage);
    text(index < 10 ? " " : "");
    number((uint64_t)index);
    text(": ");
    number(operations);
    text(" op, ");
    number(ns);
    text(".00 ns, ");
    number(parts / 10000);
    text(fraction < 10 ? ".000" : fraction < 100 ? ".00" : fraction < 1000 ? ".0" : ".");
    number(fraction);
    text(" ns/op");
    end_checked();
}

static void measure(exits *state, uint64_t operations) {
    uint64_t ns[ITERATIONS];
    text("// VB: note exit=");
    text(state->what);
    end_checked();
    text("// VB: note counting=raw");
    end_checked();
    for (int i = 0; i < ITERATIONS; i++) {
        uint64_t begin = uk_clock_ticks();
        vb_exits_leave(state, (intptr_t)operations);
        ns[i] = uk_clock_ns_of(uk_clock_ticks() - begin);
    }
    text("// BeforeActualRun");
    end_checked();
    for (int i = 0; i < ITERATIONS; i++) {
        measurement("WorkloadActual  ", i + 1, operations, ns[i]);
    }
    text("// AfterActualRun");
    end_checked();
    for (int i = 0; i < ITERATIONS; i++) {
        measurement("WorkloadResult  ", i + 1, operations, ns[i]);
    }
}

/* Returns whether the section failed. */
static int run_section(const char *specification, uint64_t operations) {
    exits state = {.what = "a raw run measures exit.io, exit.mmio, exit.hypercall and exit.ipi only, without parameters"};
    size_t length = 0;
    while (specification[length] != '\0') {
        length++;
    }
    begin_section(specification);
    int kind = vb_exits_kind(specification, length);
    int can = kind >= 0 && vb_exits_prepare(&state, (vb_exit_kind)kind);
    if (can) {
        measure(&state, operations);
    }
    if (!can) {
        text("// VB: unsupported reason=");
        text(state.what);
    } else if (state.wrong != 0) {
        text("// VB: error reason=an exit was answered differently from the first, or not at all");
    } else {
        text("// VB: metric name=work value=1 unit=call");
    }
    end_checked();
    end_section();
    if (can && state.wrong == 0) {
        text("// AfterAll");
        uk_line_write(&output);
    }
    return can && state.wrong != 0;
}

static int list(void) {
    for (int i = 0; vb_probes[i] != NULL; i++) {
        text(vb_probes[i]->id);
        text("\t");
        text(vb_probes[i]->parameters);
        uk_line_write(&output);
    }
    return 0;
}

int uk_raw_run(const uk_arguments *arguments) {
    const int wrong_command_line = 2;
    int failed = 0, sections = 0;
    if (arguments->raw < 0) {
        text("vbprobe: vb.raw takes a whole number of operations");
        uk_line_write(&output);
        return wrong_command_line;
    }
    if (arguments->count > 1 && uk_text_equal(arguments->values[1], "--list")) {
        return list();
    }
    text("// VB: main version=1 impl=c arch=" ARCHITECTURE " build=");
    text(vb_build_hash());
    uk_line_write(&output);
    for (int i = 1; i < arguments->count; i++) {
        if (arguments->values[i][0] != '-') { /* options are for the engine */
            failed += run_section(arguments->values[i], (uint64_t)arguments->raw);
            sections++;
        }
    }
    text("// VB: end sections=");
    number((uint64_t)sections);
    text(" failed=");
    number((uint64_t)failed);
    uk_line_write(&output);
    return failed != 0;
}
