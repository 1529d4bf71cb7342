/*
 * mem.random: HPC Challenge's RandomAccess (GUPS): table[random] ^= random. One operation is 1,024 updates. The sequence of random numbers
 * is a 64-bit linear congruential one whose high bits choose the place.
 *
 * The sequence starts again after as many operations as touch each word twice on average. Two equal passes cancel out, so the check replays
 * two passes at most, however long the run was, and must find the table as it began.
 */
#include "catalogue.h"
#include "state.h"
#include "vb_platform.h"

enum { UPDATES = 1024 };

static const int64_t BYTES_MAX = (int64_t)1 << 36;

static const uint64_t first_state = 0x9e3779b97f4a7c15;

static void update(void *context, intptr_t operations) {
    table *table = context;
    uint64_t *words = table->words, state = table->state;
    const int shift = 64 - table->bits;
    for (intptr_t operation = 0; operation < operations; operation++) {
        for (int i = 0; i < UPDATES; i++) {
            state = state * 6364136223846793005 + 1442695040888963407; /* Knuth's MMIX */
            words[state >> shift] ^= state;
        }
        if (++table->done == table->pass) {
            table->done = 0;
            table->passes++;
            state = first_state;
        }
    }
    table->state = state;
}

static vb_status open_random(vb_run *run) {
    int64_t bytes = vb_parameter_integer(run, "bytes", 67108864);
    if (bytes < 4096 || bytes > BYTES_MAX || (bytes & (bytes - 1)) != 0) {
        return vb_fail(run, "bytes must be a power of two between 4K and 64G");
    }
    table *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    int64_t words = bytes / 8;
    state->bits = 63 - __builtin_clzll((unsigned long long)words);
    state->pass = words * 2 / UPDATES > 0 ? words * 2 / UPDATES : 1;
    state->state = first_state;
    state->words = vb_probe_map(run, (size_t)bytes);
    if (state->words == NULL) {
        return VB_FAILED;
    }
    for (int64_t i = 0; i < words; i++) {
        state->words[i] = (uint64_t)i;
    }
    vb_metric_add(run, "work", UPDATES, "update");
    return VB_OK;
}

static vb_status verify_random(vb_run *run) {
    table *state = run->context;
    int64_t rest = state->done;
    uint64_t passes = state->passes;
    state->done = 0;
    state->state = first_state;
    if (passes % 2 != 0) {
        update(state, state->pass);
    }
    update(state, rest);
    for (int64_t i = 0; i < (int64_t)1 << state->bits; i++) {
        if (state->words[i] != (uint64_t)i) {
            return vb_fail(run, "the table is not what the same updates undo");
        }
    }
    return VB_OK;
}

static void close_random(vb_run *run) {
    table *state = run->context;
    if (state == NULL) {
        return;
    }
    if (state->words != NULL) {
        vb_platform_unmap(state->words, (size_t)8 << state->bits);
    }
    vb_platform_unmap(state, sizeof(*state));
}

const vb_probe vb_mem_random = {
    .id = "mem.random",
    .parameters = "bytes=67108864",
    .open = open_random,
    .workload = update,
    .verify = verify_random,
    .close = close_random,
};
