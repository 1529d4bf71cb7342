#include "probe_fixture.h"
#include <unistd.h>

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

static void memory_that_is_not_there_is_refused(void) {
    if ((double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) >= 64.0 * 1024 * 1024 * 1024) {
        printf("     not run: this machine has the memory\n");
        return;
    }
    CHECK_TEXT(refusal("mem.latency{bytes=64G}"), "not enough memory");
    CHECK_TEXT(refusal("mem.triad{bytes=64G}"), "not enough memory");
    CHECK_TEXT(refusal("mem.random{bytes=64G}"), "not enough memory");
    CHECK(!section.run.unsupported);
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

static const check_test tests[] = {
    TEST(streams_compute_in_every_variant),   TEST(streams_count_as_stream_does),        TEST(latency_walks_one_cycle_of_all_lines),
    TEST(latency_gets_huge_pages_or_says_so), TEST(memory_that_is_not_there_is_refused), TEST(random_updates_undo_themselves),
    TEST(faults_touch_fresh_pages),
};

CHECK_MAIN(tests)
