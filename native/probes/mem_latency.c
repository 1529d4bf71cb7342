/*
 * mem.latency: a chain of loads, each address the result of the load before. One operation is 1,024 of them, over a cycle that visits every
 * 64-byte line of the memory once in random order (Sattolo's algorithm), so that no prefetcher can guess the next.
 */
#include "catalogue.h"
#include "random.h"
#include "state.h"
#include "text.h"
#include "vb_platform.h"

enum { LINE = sizeof(line), LOADS = 1024 };

static const int64_t BYTES_MAX = (int64_t)1 << 36;

static void chase(void *context, intptr_t operations) {
    chain *state = context;
    const line *position = state->position;
    for (intptr_t operation = 0; operation < operations; operation++) {
#pragma GCC unroll 32
        for (int i = 0; i < LOADS; i++) {
            position = position->next;
        }
    }
    state->position = (line *)(uintptr_t)position;
    state->loads += (uint64_t)operations * LOADS;
}

static void make_cycle(line *lines, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        lines[i].index = (uint64_t)i;
    }
    uint64_t seed = 1;
    for (int64_t i = count - 1; i > 0; i--) {
        int64_t other = (int64_t)(vb_random(&seed) % (uint64_t)i); /* never i itself: that is what leaves one single cycle */
        uint64_t kept = lines[i].index;
        lines[i].index = lines[other].index;
        lines[other].index = kept;
    }
    for (int64_t i = 0; i < count; i++) {
        lines[i].next = &lines[lines[i].index];
    }
}

static vb_status open_latency(vb_run *run) {
    int64_t bytes = vb_parameter_integer(run, "bytes", 67108864);
    const char *pages = vb_parameter_text(run, "hugepages", "no");
    int huge = vb_string_equal(pages, "yes");
    if (bytes < 1024 || bytes > BYTES_MAX || bytes % LINE != 0) {
        return vb_fail(run, "bytes must be a multiple of 64 between 1K and 64G");
    }
    if (!huge && !vb_string_equal(pages, "no")) {
        return vb_fail(run, "hugepages must be yes or no");
    }
    chain *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    state->count = bytes / LINE;
    state->lines = vb_platform_map((size_t)bytes, huge ? VB_MAP_HUGE : 0);
    if (state->lines == NULL) {
        return huge ? vb_unsupported(run, "no huge pages to be had") : vb_fail(run, "not enough memory");
    }
    make_cycle(state->lines, state->count);
    state->position = state->lines;
    vb_metric_add(run, "work", LOADS, "load");
    return VB_OK;
}

/* The cycle has every line, and as many loads as were asked for lead to where the workload stands. */
static vb_status verify_latency(vb_run *run) {
    const chain *state = run->context;
    const line *position = state->lines;
    int64_t expected = (int64_t)(state->loads % (uint64_t)state->count);
    for (int64_t i = 0; i < state->count; i++) {
        if (i > 0 && position == state->lines) {
            return vb_fail(run, "the cycle is shorter than the memory");
        }
        if (i == expected && position != state->position) {
            return vb_fail(run, "the chain of loads ended at the wrong place");
        }
        position = position->next;
    }
    return position == state->lines ? VB_OK : vb_fail(run, "the cycle does not close");
}

static void close_latency(vb_run *run) {
    chain *state = run->context;
    if (state == NULL) {
        return;
    }
    if (state->lines != NULL) {
        vb_platform_unmap(state->lines, (size_t)state->count * LINE);
    }
    vb_platform_unmap(state, sizeof(*state));
}

const vb_probe vb_mem_latency = {
    .id = "mem.latency",
    .parameters = "bytes=67108864 hugepages=no",
    .open = open_latency,
    .workload = chase,
    .verify = verify_latency,
    .close = close_latency,
};
