/*
 * mem.copy, mem.scale, mem.add, mem.triad: STREAM's four kernels (McCalpin, 1995), one pass over the arrays an operation, counted as STREAM
 * counts: the bytes that the program reads and writes, not what the caches move besides.
 *
 * Arrays that together are larger than the last-level cache are written past the caches (x86-64): an ordinary store would first read the
 * line that it replaces, which is traffic that nobody counts.
 */
#include "catalogue.h"
#include "state.h"
#include "text.h"
#include "vb_platform.h"
#include "vector.h"

/* Array starts differ by this much more than their size: at one offset modulo 4 KiB, a load would wait for an older store elsewhere. */
enum { SKEW = 1088, GRANULE = 256 };

static const int64_t BYTES_MAX = (int64_t)1 << 36;

/* What each kernel reads, and what it writes. */
static const struct {
    int uses[ARRAYS];
    stream_array target;
} shapes[KERNELS] = {
    [COPY] = {{1, 0, 1}, ARRAY_C},
    [SCALE] = {{0, 1, 1}, ARRAY_B},
    [ADD] = {{1, 1, 1}, ARRAY_C},
    [TRIAD] = {{1, 1, 1}, ARRAY_A},
};

#define VB_NAME(name) name##_plain128
#define VB_LANES 2
#define VB_TARGET
#define VB_STORE(to, value) (*(to) = (value))
#define VB_FENCE
#include "mem_stream_kernels.inc"

#if defined(__x86_64__)
#define VB_NAME(name) name##_plain256
#define VB_LANES 4
#define VB_TARGET VB_TARGET_256
#define VB_STORE(to, value) (*(to) = (value))
#define VB_FENCE
#include "mem_stream_kernels.inc"

#define VB_NAME(name) name##_plain512
#define VB_LANES 8
#define VB_TARGET VB_TARGET_512
#define VB_STORE(to, value) (*(to) = (value))
#define VB_FENCE
#include "mem_stream_kernels.inc"

/* The stores of one operation must be done when it ends, as ordinary ones would be. */
#define STORE_FENCE __builtin_ia32_sfence()

#define VB_NAME(name) name##_streaming128
#define VB_LANES 2
#define VB_TARGET
#define VB_STORE(to, value) __builtin_ia32_movntpd((double *)(to), value)
#define VB_FENCE STORE_FENCE
#include "mem_stream_kernels.inc"

#define VB_NAME(name) name##_streaming256
#define VB_LANES 4
#define VB_TARGET VB_TARGET_256
#define VB_STORE(to, value) __builtin_ia32_movntpd256((double *)(to), value)
#define VB_FENCE STORE_FENCE
#include "mem_stream_kernels.inc"

#define VB_NAME(name) name##_streaming512
#define VB_LANES 8
#define VB_TARGET VB_TARGET_512
#define VB_STORE(to, value) __builtin_ia32_movntpd512((double *)(to), value)
#define VB_FENCE STORE_FENCE
#include "mem_stream_kernels.inc"

enum { WIDTHS = 3 };
#define WIDTHS_OF(name, stores)                                                                                                            \
    {                                                                                                                                      \
        {name##_##stores##512, 512, VB_CPU_AVX512, #stores}, {name##_##stores##256, 256, VB_CPU_AVX2_FMA, #stores},                        \
            {name##_##stores##128, 128, VB_CPU_VECTOR128, #stores},                                                                        \
    }
static const vb_variant streaming_variants[KERNELS][WIDTHS] = {
    [COPY] = WIDTHS_OF(copy, streaming),
    [SCALE] = WIDTHS_OF(scale, streaming),
    [ADD] = WIDTHS_OF(add, streaming),
    [TRIAD] = WIDTHS_OF(triad, streaming),
};
#else
enum { WIDTHS = 1 };
#define WIDTHS_OF(name, stores)                                                                                                            \
    { {name##_##stores##128, 128, VB_CPU_VECTOR128, #stores}, }
#endif

static const vb_variant plain_variants[KERNELS][WIDTHS] = {
    [COPY] = WIDTHS_OF(copy, plain),
    [SCALE] = WIDTHS_OF(scale, plain),
    [ADD] = WIDTHS_OF(add, plain),
    [TRIAD] = WIDTHS_OF(triad, plain),
};

static const vb_variant *choose(vb_run *run, stream_kernel kernel, int64_t footprint) {
    const char *stores = vb_parameter_text(run, "stores", "auto");
    int is_auto = vb_string_equal(stores, "auto"), is_streaming = vb_string_equal(stores, "streaming");
    if (!is_auto && !is_streaming && !vb_string_equal(stores, "plain")) {
        vb_fail(run, "stores must be auto, plain or streaming");
        return NULL;
    }
#if defined(__x86_64__)
    if (is_streaming || (is_auto && (uint64_t)footprint > vb_cpu_last_level_cache())) {
        return vb_variant_choose(run, streaming_variants[kernel], WIDTHS, "stores");
    }
#else
    (void)footprint;
    if (is_streaming) {
        vb_unsupported(run, "this architecture has no streaming stores");
        return NULL;
    }
#endif
    return vb_variant_choose(run, plain_variants[kernel], WIDTHS, "stores");
}

/* Small whole numbers, so that every result is exact; with periods of their own, so that a wrong index shows. */
static double input(stream_array array, int64_t i) {
    return (double)(array == ARRAY_A ? i & 1023 : array == ARRAY_B ? i % 769 : i % 509);
}

static vb_status open_stream(vb_run *run, stream_kernel kernel) {
    int64_t bytes = vb_parameter_integer(run, "bytes", 134217728);
    if (bytes < GRANULE || bytes > BYTES_MAX || bytes % GRANULE != 0) {
        return vb_fail(run, "bytes (of one array) must be a multiple of 256, at most 64G");
    }
    int arrays = 0;
    for (int array = 0; array < ARRAYS; array++) {
        arrays += shapes[kernel].uses[array];
    }
    const vb_variant *variant = choose(run, kernel, bytes * arrays);
    if (variant == NULL) {
        return VB_FAILED;
    }
    size_t total = SKEW + (size_t)arrays * ((size_t)bytes + SKEW);
    stream *state = vb_probe_map(run, total);
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    *state = (stream){.count = bytes / 8, .scalar = 3, .kernel = kernel, .bytes = total};
    char *next = (char *)state + SKEW;
    for (int array = 0; array < ARRAYS; array++) {
        if (shapes[kernel].uses[array]) {
            double *values = state->array[array] = (double *)next;
            int is_target = array == (int)shapes[kernel].target;
            for (int64_t i = 0; i < state->count; i++) {
                values[i] = is_target ? -1 : input((stream_array)array, i);
            }
            next += bytes + SKEW;
        }
    }
    vb_run_use(run, variant->workload);
    vb_metric_add(run, "work", (double)bytes * arrays, "B");
    return VB_OK;
}

static double expected(const stream *state, int64_t i) {
    switch (state->kernel) {
    case COPY:
        return input(ARRAY_A, i);
    case SCALE:
        return state->scalar * input(ARRAY_C, i);
    case ADD:
        return input(ARRAY_A, i) + input(ARRAY_B, i);
    default:
        return input(ARRAY_B, i) + state->scalar * input(ARRAY_C, i);
    }
}

static vb_status verify_stream(vb_run *run) {
    const stream *state = run->context;
    const double *target = state->array[shapes[state->kernel].target];
    for (int64_t i = 0; i < state->count; i++) {
        if (target[i] != expected(state, i)) {
            return vb_fail(run, "wrong value in the array that was written");
        }
    }
    return VB_OK;
}

static void close_stream(vb_run *run) {
    const stream *state = run->context;
    if (state != NULL) {
        vb_platform_unmap(run->context, state->bytes);
    }
}

#define STREAM_PROBE(name, kernel)                                                                                                         \
    static vb_status open_##name(vb_run *run) {                                                                                            \
        return open_stream(run, kernel);                                                                                                   \
    }                                                                                                                                      \
    const vb_probe vb_mem_##name = {                                                                                                       \
        .id = "mem." #name,                                                                                                                \
        .parameters = "bytes=134217728 width=0 stores=auto",                                                                               \
        .open = open_##name,                                                                                                               \
        .verify = verify_stream,                                                                                                           \
        .close = close_stream,                                                                                                             \
    };

STREAM_PROBE(copy, COPY)
STREAM_PROBE(scale, SCALE)
STREAM_PROBE(add, ADD)
STREAM_PROBE(triad, TRIAD)
