#include "probe_fixture.h"

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

static const check_test tests[] = {
    TEST(primes_counts_what_tables_say),
    TEST(fma_sums_every_step),
    TEST(dgemm_multiplies_at_every_size),
    TEST(dgemm_agrees_with_the_definition),
    TEST(sha256_digests_like_the_standard),
    TEST(sha256_checks_its_digest),
    TEST(sort_sorts_any_count),
    TEST(sort_survives_bad_permutations),
    TEST(a_hidden_width_is_unsupported),
};

CHECK_MAIN(tests)
