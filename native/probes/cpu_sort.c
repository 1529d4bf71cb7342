/*
 * cpu.sort: sorts `count` int32 from one fixed permutation of 0..count-1. Restoring the permutation is part of the operation (a copy, under
 * one per cent of the sort), so that any number of operations can run without a pause.
 *
 * The sort is an introsort (Musser, 1997): quicksort on the median of three with a partition that has no branch to mispredict, insertion
 * sort for short runs, heapsort when the recursion gets too deep.
 */
#include "catalogue.h"
#include "random.h"
#include "state.h"
#include "vb_platform.h"

enum { INSERTION_MAX = 24, COUNT_MAX = 1 << 26 };

static void swap(int32_t *a, int32_t *b) {
    int32_t kept = *a;
    *a = *b;
    *b = kept;
}

static void insertion_sort(int32_t *values, int64_t count) {
    for (int64_t i = 1; i < count; i++) {
        int32_t value = values[i];
        int64_t j = i;
        for (; j > 0 && values[j - 1] > value; j--) {
            values[j] = values[j - 1];
        }
        values[j] = value;
    }
}

static void sift_down(int32_t *heap, int64_t root, int64_t count) {
    int32_t value = heap[root];
    for (int64_t child; (child = 2 * root + 1) < count; root = child) {
        child += child + 1 < count && heap[child + 1] > heap[child];
        if (heap[child] <= value) {
            break;
        }
        heap[root] = heap[child];
    }
    heap[root] = value;
}

static void heap_sort(int32_t *values, int64_t count) {
    for (int64_t root = count / 2 - 1; root >= 0; root--) {
        sift_down(values, root, count);
    }
    for (int64_t last = count - 1; last > 0; last--) {
        swap(&values[0], &values[last]);
        sift_down(values, 0, last);
    }
}

/* Puts the median of first, middle and last at the end. */
static void place_pivot(int32_t *values, int64_t count) {
    int32_t *low = values, *middle = values + count / 2, *high = values + count - 1;
    if (*middle < *low) {
        swap(middle, low);
    }
    if (*high < *low) {
        swap(high, low);
    }
    if (*middle < *high) {
        swap(middle, high);
    }
}

/* Lomuto's partition around the last value: a swap at every step and a conditional increment. Returns the pivot's place. */
static int64_t partition(int32_t *values, int64_t count) {
    int32_t pivot = values[count - 1];
    int64_t smaller = 0;
    for (int64_t i = 0; i < count - 1; i++) {
        int32_t value = values[i];
        values[i] = values[smaller];
        values[smaller] = value;
        smaller += value < pivot;
    }
    swap(&values[smaller], &values[count - 1]);
    return smaller;
}

static void introsort(int32_t *values, int64_t count, int depth) {
    while (count > INSERTION_MAX) {
        if (depth-- == 0) {
            heap_sort(values, count);
            return;
        }
        place_pivot(values, count);
        int64_t pivot = partition(values, count);
        introsort(values + pivot + 1, count - pivot - 1, depth);
        count = pivot;
    }
    insertion_sort(values, count);
}

static void run_sorts(void *context, intptr_t operations) {
    const sort *state = context;
    int64_t count = state->count;
    int depth = 2 * (64 - __builtin_clzll((unsigned long long)count));
    for (intptr_t i = 0; i < operations; i++) {
        int32_t *restrict to = state->sorted;
        const int32_t *restrict from = state->permutation;
        for (int64_t j = 0; j < count; j++) {
            to[j] = from[j];
        }
        introsort(to, count, depth);
        __asm__ volatile("" : : "r"(to) : "memory");
    }
}

static vb_status open_sort(vb_run *run) {
    int64_t count = vb_parameter_integer(run, "count", 65536);
    if (count < 2 || count > COUNT_MAX) {
        return vb_fail(run, "count must be between 2 and 64M");
    }
    size_t array = ((size_t)count * sizeof(int32_t) + 63) / 64 * 64, bytes = 2 * array + 64;
    sort *state = vb_probe_map(run, bytes);
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    *state = (sort){.count = count, .bytes = bytes};
    state->permutation = (int32_t *)((char *)state + 64);
    state->sorted = (int32_t *)((char *)state->permutation + array);
    for (int64_t i = 0; i < count; i++) {
        state->permutation[i] = (int32_t)i;
    }
    uint64_t seed = 1;
    for (int64_t i = count - 1; i > 0; i--) {
        swap(&state->permutation[i], &state->permutation[vb_random(&seed) % (uint64_t)(i + 1)]);
    }
    vb_metric_add(run, "work", (double)count, "element");
    return VB_OK;
}

/* A sorted permutation of 0..count-1 is the identity: order and contents in one look. */
static vb_status verify_sort(vb_run *run) {
    const sort *state = run->context;
    for (int64_t i = 0; i < state->count; i++) {
        if (state->sorted[i] != i) {
            return vb_fail(run, "the result is not the sorted input");
        }
    }
    return VB_OK;
}

static void close_sort(vb_run *run) {
    const sort *state = run->context;
    if (state != NULL) {
        vb_platform_unmap(run->context, state->bytes);
    }
}

const vb_probe vb_cpu_sort = {
    .id = "cpu.sort",
    .parameters = "count=65536",
    .open = open_sort,
    .workload = run_sorts,
    .verify = verify_sort,
    .close = close_sort,
};
