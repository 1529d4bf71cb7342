/* What vb_execute and vb_main print, on the scripted clock: one whole transcript against a captured one, and how each failure reads. */
#include "check.h"
#include "cpu.h"
#include "crc.h"
#include "fake_platform.h"
#include "histogram.h"
#include "vb_platform.h"

static void work(void *context, intptr_t operations) {
    (void)context;
    fake_now_ns += (uint64_t)operations * 1000;
}

static void loop(void *context, intptr_t operations) {
    (void)context;
    fake_now_ns += (uint64_t)operations * 10;
}

static int closed;

static void close_probe(vb_run *run) {
    (void)run;
    closed++;
}

static vb_status open_steady(vb_run *run) {
    int64_t size = vb_parameter_integer(run, "size", 8);
    vb_run_note(run, "width", "256");
    vb_metric_add(run, "work", (double)size, "B");
    vb_metric_add(run, "share", 0.125, "ratio");
    return VB_OK;
}

static vb_status verify_wrong(vb_run *run) {
    return vb_fail(run, "wrong answer");
}

static vb_status open_impossible(vb_run *run) {
    return vb_unsupported(run, "no such instruction");
}

static vb_status open_silent(vb_run *run) {
    (void)run;
    return VB_FAILED;
}

static const vb_probe steady = {
    .id = "test.steady", .parameters = "size=8 kind=a", .open = open_steady, .workload = work, .overhead = loop, .close = close_probe};
static const vb_probe wrong = {.id = "test.wrong", .parameters = "", .workload = work, .verify = verify_wrong, .close = close_probe};
static const vb_probe impossible = {.id = "test.impossible", .parameters = "", .open = open_impossible, .close = close_probe};
static const vb_probe silent = {.id = "test.silent", .parameters = "", .open = open_silent, .workload = work, .close = close_probe};
static const vb_probe idle = {.id = "test.idle", .parameters = ""};

static vb_histogram distribution;

static vb_status verify_distribution(vb_run *run) {
    vb_run_histogram(run, "rtt", &distribution);
    return VB_OK;
}

static void close_distribution(vb_run *run) {
    (void)run;
    memset(&distribution, 0, sizeof(distribution)); /* what was to be printed has been */
}

static void fail_work(void *context, intptr_t operations) {
    (void)operations;
    vb_fail(context, "the other side is gone");
}

static vb_status open_failing(vb_run *run) {
    run->context = run;
    return VB_OK;
}

static const vb_probe distributed = {
    .id = "test.distributed", .parameters = "", .workload = work, .verify = verify_distribution, .close = close_distribution};
static const vb_probe failing = {.id = "test.failing", .parameters = "", .open = open_failing, .workload = fail_work, .close = close_probe};
static const vb_probe *const probes[] = {&steady, &wrong, &impossible, &silent, &idle, &distributed, &failing};
enum { PROBES = sizeof(probes) / sizeof(probes[0]), ARGUMENTS_MAX = 8 };

static uint64_t read_cost_ns; /* of the next runs */

/* Runs vb_main with these arguments, up to a NULL. */
static int run(const char *const *arguments) {
    const char *argv[ARGUMENTS_MAX + 1] = {"vbprobe"};
    int argc = 1;
    while (*arguments != NULL && argc < ARGUMENTS_MAX) {
        argv[argc++] = *arguments++;
    }
    fake_reset();
    fake_read_cost_ns = read_cost_ns;
    closed = 0;
    int status = vb_main(argc, argv, "c", "0123abcd", probes, PROBES);
    CHECK(fake_mappings == 0);
    return status;
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

/* A section's checksum covers every byte from its first line to the checksum's own. */
static int checksums_agree(void) {
    int agree = 1, sections = 0;
    for (const char *begin = fake_console; (begin = strstr(begin, "// BeforeAnythingElse\n")) != NULL; begin++, sections++) {
        const char *end = strstr(begin, "// VB: crc=");
        unsigned crc = 0, lines = 0, expected_lines = 0;
        if (end == NULL || sscanf(end, "// VB: crc=%8x lines=%u nowNs=", &crc, &lines) != 2) {
            return 0;
        }
        for (const char *c = begin; c < end; c++) {
            expected_lines += *c == '\n';
        }
        agree &= crc == vb_crc32(0, begin, (size_t)(end - begin)) && lines == expected_lines;
    }
    return agree && sections > 0;
}

static void the_whole_transcript_is_the_captured_one(void) {
    static char expected[FAKE_CONSOLE_MAX];
    FILE *file = fopen(GOLDEN, "rb");
    CHECK(file != NULL);
    if (file == NULL) {
        return;
    }
    expected[fread(expected, 1, sizeof(expected) - 1, file)] = '\0';
    fclose(file);
    CHECK(RUN("--iteration-ms=1", "--warmup=2", "--min=3", "--max=3", "test.steady{size=64K,kind=b}") == 0);
    CHECK_TEXT(fake_console, expected);
}

static void sections_are_framed_and_checked(void) {
    CHECK(RUN("test.steady", "test.wrong", "test.impossible", "nope") == 1);
    CHECK(fake_count("// VB: main version=1 impl=c arch=" VB_ARCHITECTURE " build=0123abcd\n") == 1);
    CHECK(strncmp(fake_console, "// VB: main ", 12) == 0);
    CHECK(fake_count("// BeforeAnythingElse\n") == 4);
    CHECK(fake_count("// AfterAll\n") == 1);
    CHECK(fake_count("// VB: end sections=4 failed=2\n") == 1);
    CHECK(checksums_agree());
}

static void every_actual_iteration_has_its_result(void) {
    CHECK(RUN("test.steady") == 0);
    CHECK(fake_count("\nWorkloadActual ") == fake_count("\nWorkloadResult "));
    CHECK(fake_count("\nWorkloadActual ") == 10);
    CHECK(fake_count("\nWorkloadResult  10: ") == 1);
}

static void a_wrong_answer_fails_and_publishes_nothing(void) {
    CHECK(RUN("test.wrong") == 1);
    CHECK(fake_count("// VB: error reason=wrong answer\n") == 1);
    CHECK(fake_count("// VB: metric") == 0);
    CHECK(fake_count("// AfterAll") == 0);
    CHECK(checksums_agree());
    CHECK(closed == 1);
}

static void a_workload_that_fails_ends_with_its_own_reason(void) {
    CHECK(RUN("test.failing") == 1);
    CHECK(fake_count("// VB: error reason=the other side is gone\n") == 1);
    CHECK(fake_count("// VB: error") == 1);
    CHECK(fake_count("WorkloadActual") == 0);
    CHECK(closed == 1);
    CHECK(checksums_agree());
}

static void a_distribution_is_listed_by_its_slots(void) {
    static const uint64_t values[] = {1999, 2000, 2000, 5000, 5003, 1000000, (uint64_t)1 << 40};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        vb_histogram_add(&distribution, values[i]);
    }
    CHECK(RUN("test.distributed") == 0);
    /* 5000 and 5003 share the slot of 5000 to 5003: 2048 + 1024 + 5000 / 4 - 1024. */
    CHECK(fake_count("// VB: histogram name=rtt unit=ns exact=2048 steps=1024 highest=1099511627776 slots=1999,1:2,1298:2,7871,17502\n") ==
          1);
    CHECK(fake_count("// VB: histogram") == 1);
    CHECK(checksums_agree());
}

static void a_long_distribution_takes_several_lines(void) {
    for (uint64_t value = 1; value < (uint64_t)1 << 37; value = value * 33 / 32 + 1) {
        vb_histogram_add(&distribution, value);
    }
    uint64_t highest = distribution.highest, slots = 0, listed = 0;
    for (int slot = 0; slot < VB_HISTOGRAM_SLOTS; slot++) {
        slots += distribution.counts[slot] != 0;
    }
    CHECK(RUN("test.distributed") == 0);
    CHECK(fake_count("// VB: histogram name=rtt unit=ns exact=2048 steps=1024 highest=") > 2);
    CHECK(checksums_agree());
    for (char *line = strtok(fake_console, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        CHECK(strlen(line) < 512);
        char *list = strstr(line, " slots=");
        CHECK(list == NULL || strtoull(strstr(line, "highest=") + 8, NULL, 10) == highest);
        for (char *comma = list; comma != NULL; comma = strchr(comma + 1, ',')) {
            listed++;
        }
    }
    CHECK(listed == slots && slots > 500);
}

static void what_cannot_run_here_is_no_failure(void) {
    CHECK(RUN("test.impossible") == 0);
    CHECK(fake_count("// VB: unsupported reason=no such instruction\n") == 1);
    CHECK(fake_count("// AfterAll") == 0);
    CHECK(fake_count("// VB: end sections=1 failed=0\n") == 1);
    CHECK(closed == 1);
}

static void an_unknown_probe_is_a_failed_section(void) {
    CHECK(RUN("no\033probe{a=1}") == 1);
    CHECK(fake_count(" probe=no_probe params=- ") == 1);
    CHECK(fake_count("// VB: error reason=no such probe; see --list\n") == 1);
    CHECK(RUN("test.stead") == 1);
    CHECK(RUN("test.steadyy") == 1);
    CHECK(RUN("") == 1);
    CHECK(fake_count(" probe=- ") == 1);
    CHECK(checksums_agree());
}

static void a_bad_parameter_is_a_failed_section_with_one_reason(void) {
    const char *const bad[] = {"test.steady{size}", "test.steady{size=1", "test.steady{size=x}", "test.steady{sise=1}", "test.idle{a=1}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(RUN(bad[i]) == 1);
        CHECK(fake_count("// VB: error reason=") == 1);
        CHECK(fake_count("WorkloadActual") == 0);
        CHECK(checksums_agree());
    }
}

static void a_probe_that_gives_no_reason_still_gets_one(void) {
    CHECK(RUN("test.silent") == 1);
    CHECK(fake_count("// VB: error reason=the probe failed without a reason\n") == 1);
    CHECK(RUN("test.idle") == 1);
    CHECK(fake_count("// VB: error reason=the probe has no workload\n") == 1);
}

static void no_memory_is_a_failed_section(void) {
    const char *specification = "test.steady";
    vb_options options;
    vb_options_default(&options);
    fake_reset();
    fake_memory_left = 0;
    CHECK(vb_execute(&options, probes, PROBES, &specification, 1) == 1);
    CHECK(fake_count("// VB: error reason=no memory for the iterations\n") == 1);
    CHECK(checksums_agree());
}

static void a_wrong_command_line_is_one_line_and_status_2(void) {
    const char *const bad[] = {"--nope",    "-x",        "--min=0",  "--min=x",   "--max",      "--budget-ms=", "--iteration-ms=-1",
                               "--error=0", "--error=x", "--slow=0", "--slow=5%", "--slow=1001"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(RUN(bad[i], "test.steady") == 2);
        CHECK(fake_line_count() == 1);
        CHECK(strstr(fake_console, bad[i]) != NULL);
    }
    CHECK(run((const char *const[]){NULL}) == 2);
    CHECK(fake_line_count() == 1);
    CHECK(RUN("--serve=0") == 2 && RUN("--serve=65536") == 2 && RUN("--serve=") == 2 && RUN("--serve=5001", "test.steady") == 2);
    CHECK(RUN("--min=5", "--max=4", "test.steady") == 2);
    CHECK(fake_line_count() == 1);
}

static void no_probes_is_a_start_and_an_end(void) {
    CHECK(RUN("--no-probes") == 0);
    CHECK(strstr(fake_console, "// VB: main version=1") == fake_console);
    CHECK(strstr(fake_console, "// VB: end sections=0 failed=0\n") != NULL);
    CHECK(RUN("--no-probes", "test.good") == 2);
}

static void a_system_without_sockets_cannot_serve(void) {
    CHECK(RUN("--serve=5001") == 1);
    CHECK(fake_count("vbprobe: cannot serve port 5001: this system has no sockets\n") == 1);
    CHECK(fake_count("// VB: end sections=0 failed=1\n") == 1);
}

static void options_reach_the_engine(void) {
    CHECK(RUN("--min=4", "--max=4", "--warmup=0", "--iteration-ms=2", "--budget-ms=60000", "--error=0.5", "test.steady") == 0);
    CHECK(fake_count("\nWorkloadActual ") == 4);
    CHECK(fake_count("\nWorkloadWarmup ") == 0);
    CHECK(fake_count("WorkloadActual   1: 2041 op, 2041000.00 ns, 1000.0000 ns/op\n") == 1);
}

static void a_slowed_section_says_so(void) {
    read_cost_ns = 1000; /* a wait takes a clock that advances */
    CHECK(RUN("--slow=12.5", "--iteration-ms=1", "test.steady", "test.steady") == 0);
    read_cost_ns = 0;
    CHECK(fake_count("// VB: note slow=12.5%\n") == 2);
    CHECK(checksums_agree());
    CHECK(RUN("test.steady") == 0);
    CHECK(fake_count("// VB: note slow") == 0);
}

static void the_list_has_ids_and_parameters(void) {
    CHECK(RUN("--list") == 0);
    CHECK_TEXT(
        fake_console,
        "test.steady\tsize=8 kind=a\ntest.wrong\t\ntest.impossible\t\ntest.silent\t\ntest.idle\t\ntest.distributed\t\ntest.failing\t\n");
}

static const check_test tests[] = {
    TEST(the_whole_transcript_is_the_captured_one),
    TEST(sections_are_framed_and_checked),
    TEST(every_actual_iteration_has_its_result),
    TEST(a_wrong_answer_fails_and_publishes_nothing),
    TEST(a_workload_that_fails_ends_with_its_own_reason),
    TEST(a_distribution_is_listed_by_its_slots),
    TEST(a_long_distribution_takes_several_lines),
    TEST(what_cannot_run_here_is_no_failure),
    TEST(an_unknown_probe_is_a_failed_section),
    TEST(a_bad_parameter_is_a_failed_section_with_one_reason),
    TEST(a_probe_that_gives_no_reason_still_gets_one),
    TEST(no_memory_is_a_failed_section),
    TEST(a_wrong_command_line_is_one_line_and_status_2),
    TEST(no_probes_is_a_start_and_an_end),
    TEST(a_system_without_sockets_cannot_serve),
    TEST(options_reach_the_engine),
    TEST(a_slowed_section_says_so),
    TEST(the_list_has_ids_and_parameters),
};

CHECK_MAIN(tests)
