/*
 * Every probe on the real system: it accepts its own answer, and refuses one that was spoilt behind its back. Each vector width that this
 * CPU has gets its turn.
 */
#include "check.h"
#include "cpu.h"
#include "section.h"
#include "state.h"
#include "text.h"
#include "vb_platform.h"

static vb_section section;

static const vb_probe *find(const char *id) {
    for (int i = 0; vb_probes[i] != NULL; i++) {
        if (strcmp(vb_probes[i]->id, id) == 0) {
            return vb_probes[i];
        }
    }
    return NULL;
}

/* Opens the probe that the specification names and runs some operations of it, in calls of different length. */
static int begin(const char *specification, intptr_t operations) {
    char id[VB_NAME_MAX];
    vb_string_copy(id, sizeof(id), specification, vb_specification_id(specification));
    section = (vb_section){.probe = find(id)};
    CHECK(section.probe != NULL);
    vb_run *run = &section.run;
    vb_specification_read(run, section.probe->parameters, specification);
    section.workload = section.probe->workload;
    vb_status status = section.probe->open(run);
    if (run->error[0] != '\0') {
        return 0;
    }
    CHECK(status == VB_OK);
    CHECK(run->metric_count >= 1 && strcmp(run->metrics[0].name, "work") == 0 && run->metrics[0].value > 0);
    section.is_actual = 1;
    for (intptr_t call = 1; operations > 0; call++) {
        intptr_t now = call < operations ? call : operations;
        section.workload(run->context, now);
        operations -= now;
    }
    return 1;
}

static vb_status verify(void) {
    return section.probe->verify(&section.run);
}

static void end(void) {
    section.probe->close(&section.run);
}

/* The reason why it refuses to open; "" when it does open. */
static const char *refusal(const char *specification) {
    begin(specification, 0);
    end();
    return section.run.error;
}

static void accepts(const char *specification, intptr_t operations) {
    if (!begin(specification, operations)) {
        check_that(section.run.unsupported, __FILE__, __LINE__, specification);
        printf("     %s: not run, %s\n", specification, section.run.error);
    } else {
        check_that(verify() == VB_OK, __FILE__, __LINE__, specification);
    }
    end();
}

/* Runs the probe, spoils its state with `statement` (which sees it as `state`), and wants it refused. */
#define REFUSES(specification, operations, type, statement)                                                                                \
    do {                                                                                                                                   \
        CHECK(begin(specification, operations));                                                                                           \
        type *state = section.run.context;                                                                                                 \
        statement;                                                                                                                         \
        CHECK(verify() == VB_FAILED && section.run.error[0] != '\0' && !section.run.unsupported);                                          \
        end();                                                                                                                             \
    } while (0)

static void primes_counts_what_tables_say(void) {
    static const struct {
        const char *specification;
        uint64_t odd_primes; /* pi(limit) without 2, below the limit */
    } known[] = {{"cpu.primes{limit=3}", 0},      {"cpu.primes{limit=4}", 1},        {"cpu.primes{limit=5}", 1},
                 {"cpu.primes{limit=100}", 24},   {"cpu.primes{limit=1000}", 167},   {"cpu.primes", 1228},
                 {"cpu.primes{limit=7919}", 998}, {"cpu.primes{limit=100000}", 9591}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        CHECK(begin(known[i].specification, 2));
        CHECK(((primes *)section.run.context)->found == 2 * known[i].odd_primes);
        CHECK(verify() == VB_OK);
        end();
    }
    REFUSES("cpu.primes{limit=1000}", 3, primes, state->found++);
    REFUSES("cpu.primes{limit=1000}", 3, primes, state->events++);
    CHECK_TEXT(refusal("cpu.primes{limit=2}"), "limit must be between 3 and 100000000");
}

static void fma_sums_every_step(void) {
    accepts("cpu.fma", 7);
    accepts("cpu.fma{width=128}", 7);
    accepts("cpu.fma{width=256}", 7);
    accepts("cpu.fma{width=512}", 7);
    REFUSES("cpu.fma", 7, fma_sums, state->sums[FMA_ACCUMULATORS * state->lanes - 1] += 1);
    REFUSES("cpu.fma", 7, fma_sums, state->operations++);
    CHECK_TEXT(refusal("cpu.fma{width=64}"), "width must be 0, 128, 256 or 512");
}

static void dgemm_multiplies_at_every_size(void) {
    static const int sizes[] = {1, 2, 5, 15, 16, 17, 31, 48, 96, 97, 100, 130, 257};
    static const int widths[] = {0, 128, 256, 512};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t j = 0; j < sizeof(widths) / sizeof(widths[0]); j++) {
            char specification[64];
            snprintf(specification, sizeof(specification), "cpu.dgemm{n=%d,width=%d}", sizes[i], widths[j]);
            accepts(specification, 2);
        }
    }
    REFUSES("cpu.dgemm{n=33}", 3, dgemm, state->c[33 * 33 - 1] += 1);
    REFUSES("cpu.dgemm{n=33}", 3, dgemm, state->operations--);
    CHECK_TEXT(refusal("cpu.dgemm{n=0}"), "n must be between 1 and 8192");
}

static void dgemm_agrees_with_the_definition(void) {
    CHECK(begin("cpu.dgemm{n=19}", 1));
    const dgemm *state = section.run.context;
    for (int i = 0; i < 19; i++) {
        for (int j = 0; j < 19; j++) {
            double sum = 0;
            for (int k = 0; k < 19; k++) {
                sum += state->a[k * 19 + i] * state->b[j * 19 + k];
            }
            CHECK(state->c[j * 19 + i] == sum);
        }
    }
    end();
}

static void sha256_digests_like_the_standard(void) {
    /* FIPS 180-4's examples: one block, two blocks after padding; and a million a's. */
    static char million[1000000];
    memset(million, 'a', sizeof(million));
    const struct {
        const char *text;
        size_t length;
        uint32_t first, last;
    } known[] = {{"", 0, 0xe3b0c442, 0x7852b855},
                 {"abc", 3, 0xba7816bf, 0xf20015ad},
                 {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 0x248d6a61, 0x19db06c1},
                 {million, sizeof(million), 0xcdc76e5c, 0xc7112cd0}};
    vb_sha256_blocks ways[3] = {vb_sha256_portable, vb_sha256_literal, vb_sha256_portable};
    if ((vb_cpu_features() & VB_CPU_SHA256) != 0) {
        ways[2] = vb_sha256_instructions;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        for (size_t way = 0; way < 3; way++) {
            uint32_t digest[8];
            vb_sha256(ways[way], (const uint8_t *)known[i].text, known[i].length, digest);
            CHECK(digest[0] == known[i].first && digest[7] == known[i].last);
        }
    }
}

static void sha256_checks_its_digest(void) {
    static const char *const lengths[] = {"cpu.sha256{bytes=1}", "cpu.sha256{bytes=55}", "cpu.sha256{bytes=56}", "cpu.sha256{bytes=64}",
                                          "cpu.sha256{bytes=1000}"};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        accepts(lengths[i], 3);
        vb_cpu_hide(VB_CPU_SHA256);
        accepts(lengths[i], 3);
        CHECK_TEXT(section.notes[0].value, "portable");
        vb_cpu_hide(0);
    }
    REFUSES("cpu.sha256{bytes=1000}", 3, message, state->digest[7] ^= 1);
    REFUSES("cpu.sha256{bytes=1000}", 3, message, state->bytes[999] ^= 1);
    REFUSES("cpu.sha256{bytes=1000}", 0, message, state->digest[0] ^= 1; section.workload(state, 2));
}

static void sort_sorts_any_count(void) {
    static const char *const counts[] = {"cpu.sort{count=2}",  "cpu.sort{count=3}",    "cpu.sort{count=24}",
                                         "cpu.sort{count=25}", "cpu.sort{count=1000}", "cpu.sort"};
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        accepts(counts[i], 2);
    }
    REFUSES("cpu.sort{count=1000}", 2, sort, state->sorted[999] = 998);
    REFUSES("cpu.sort{count=1000}", 2, sort, int32_t first = state->sorted[0]; state->sorted[0] = state->sorted[1];
            state->sorted[1] = first);
}

/* Already sorted, reversed and organ-pipe input send a plain quicksort to the bottom: heapsort has to catch it. */
static void sort_survives_bad_permutations(void) {
    for (int pattern = 0; pattern < 3; pattern++) {
        CHECK(begin("cpu.sort{count=20000}", 0));
        sort *state = section.run.context;
        for (int i = 0; i < 20000; i++) {
            state->permutation[i] = pattern == 0 ? i : pattern == 1 ? 19999 - i : i < 10000 ? 2 * i : 2 * (19999 - i) + 1;
        }
        section.workload(state, 1);
        CHECK(verify() == VB_OK);
        end();
    }
}

static void streams_compute_in_every_variant(void) {
    static const char *const names[] = {"copy", "scale", "add", "triad"}, *const stores[] = {"plain", "streaming", "auto"};
    static const int widths[] = {0, 128, 256, 512};
    for (size_t name = 0; name < 4; name++) {
        for (size_t store = 0; store < 3; store++) {
            for (size_t width = 0; width < 4; width++) {
                char specification[80];
                snprintf(specification, sizeof(specification), "mem.%s{bytes=%d,width=%d,stores=%s}", names[name], 256 * 257, widths[width],
                         stores[store]);
                accepts(specification, 2);
            }
        }
    }
    REFUSES("mem.copy{bytes=1K}", 1, stream, state->array[ARRAY_C][127] = 0);
    REFUSES("mem.scale{bytes=1K}", 1, stream, state->array[ARRAY_B][0] = 1);
    REFUSES("mem.add{bytes=1K}", 1, stream, state->array[ARRAY_C][64] += 1);
    REFUSES("mem.triad{bytes=1K}", 0, stream, (void)state);
    CHECK_TEXT(refusal("mem.triad{bytes=100}"), "bytes (of one array) must be a multiple of 256, at most 64G");
    CHECK_TEXT(refusal("mem.triad{bytes=1K,stores=fast}"), "stores must be auto, plain or streaming");
}

/* Each byte of the three arrays counts once: STREAM's counting. */
static void streams_count_as_stream_does(void) {
    CHECK(begin("mem.copy{bytes=4K}", 0) && section.run.metrics[0].value == 2 * 4096);
    end();
    CHECK(begin("mem.triad{bytes=4K}", 0) && section.run.metrics[0].value == 3 * 4096);
    end();
}

static void a_hidden_width_is_unsupported(void) {
    vb_cpu_hide(VB_CPU_AVX512 | VB_CPU_AVX2_FMA);
    CHECK_TEXT(refusal("cpu.fma{width=512}"), "this CPU has no vectors of that width");
    CHECK(section.run.unsupported);
    CHECK(begin("cpu.fma", 1));
    CHECK_TEXT(section.notes[0].value, "128");
    CHECK(verify() == VB_OK);
    end();
    vb_cpu_hide(0);
}

static void latency_walks_one_cycle_of_all_lines(void) {
    accepts("mem.latency{bytes=1K}", 3);
    accepts("mem.latency{bytes=64K}", 5);
    accepts("mem.latency{bytes=100032}", 1);
    REFUSES("mem.latency{bytes=64K}", 3, chain, state->lines[0].next = &state->lines[0]);
    REFUSES("mem.latency{bytes=64K}", 3, chain, state->position = state->position->next);
    REFUSES("mem.latency{bytes=64K}", 3, chain, state->loads++);
    CHECK_TEXT(refusal("mem.latency{bytes=1000}"), "bytes must be a multiple of 64 between 1K and 64G");
    CHECK_TEXT(refusal("mem.latency{hugepages=maybe}"), "hugepages must be yes or no");
}

static void latency_gets_huge_pages_or_says_so(void) {
    accepts("mem.latency{bytes=4M,hugepages=yes}", 3);
    accepts("mem.latency{bytes=3M,hugepages=yes}", 3);
}

static void random_updates_undo_themselves(void) {
    accepts("mem.random{bytes=4K}", 1);
    accepts("mem.random{bytes=64K}", 7);
    accepts("mem.random{bytes=64K}", 16); /* a pass exactly */
    accepts("mem.random{bytes=64K}", 41); /* two passes and a half */
    accepts("mem.random{bytes=64K}", 53); /* three and a bit */
    REFUSES("mem.random{bytes=64K}", 41, table, state->words[8191] ^= 1);
    REFUSES("mem.random{bytes=64K}", 21, table, state->passes++);
    REFUSES("mem.random{bytes=64K}", 21, table, state->done++);
    CHECK_TEXT(refusal("mem.random{bytes=5000}"), "bytes must be a power of two between 4K and 64G");
}

static void faults_touch_fresh_pages(void) {
    accepts("mem.fault", 3);
    REFUSES("mem.fault", 3, faults, state->wrong++);
    REFUSES("mem.fault", 3, faults, state->touched--);
}

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

static const check_test tests[] = {
    TEST(primes_counts_what_tables_say),
    TEST(fma_sums_every_step),
    TEST(dgemm_multiplies_at_every_size),
    TEST(dgemm_agrees_with_the_definition),
    TEST(sha256_digests_like_the_standard),
    TEST(sha256_checks_its_digest),
    TEST(sort_sorts_any_count),
    TEST(sort_survives_bad_permutations),
    TEST(streams_compute_in_every_variant),
    TEST(streams_count_as_stream_does),
    TEST(a_hidden_width_is_unsupported),
    TEST(latency_walks_one_cycle_of_all_lines),
    TEST(latency_gets_huge_pages_or_says_so),
    TEST(random_updates_undo_themselves),
    TEST(faults_touch_fresh_pages),
    TEST(system_calls_answer),
    TEST(partners_answer),
    TEST(jitter_has_percentiles_of_the_actual_run),
};

CHECK_MAIN(tests)
