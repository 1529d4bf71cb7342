/*
 * cpu.dgemm: C += A * B for square column-major matrices of doubles, as the BLAS do it (Goto and van de Geijn, "Anatomy of high-performance
 * matrix multiplication", 2008): a block of B and a block of A are packed into panels, and a micro-kernel multiplies two panels with the
 * tile of C in registers. Packing is part of the operation.
 *
 * The entries are small whole numbers, so every product and sum is exact and the check (Freivalds' random vector) may ask for equality.
 */
#include "catalogue.h"
#include "random.h"
#include "state.h"
#include "vb_platform.h"
#include "vector.h"

/* Depth of the packed panels; rows of A's packed block (fits a 256 KiB L2); columns of B's packed block. */
enum { DEPTH = 256, ROWS = 96, COLUMNS = 1032, TILE_MAX = 16 * 8 };

static int least(int a, int b) {
    return a < b ? a : b;
}

#define VB_NAME(name) name##_128
#define VB_LANES 2
#if defined(__x86_64__)
#define VB_VECTORS 2 /* 16 registers: 2 x 4 sums, two of A, one of B, one product */
#else
#define VB_VECTORS 4
#endif
#define VB_TILE_COLUMNS 4
#define VB_TARGET
#include "cpu_dgemm_kernel.inc"

#if defined(__x86_64__)
#define VB_NAME(name) name##_256
#define VB_LANES 4
#define VB_VECTORS 2
#define VB_TILE_COLUMNS 6
#define VB_TARGET VB_TARGET_256
#include "cpu_dgemm_kernel.inc"

#define VB_NAME(name) name##_512
#define VB_LANES 8
#define VB_VECTORS 2
#define VB_TILE_COLUMNS 8
#define VB_TARGET VB_TARGET_512
#include "cpu_dgemm_kernel.inc"
#endif

static const vb_variant variants[] = {
#if defined(__x86_64__)
    {run_512, 512, VB_CPU_AVX512, "fma"},
    {run_256, 256, VB_CPU_AVX2_FMA, "fma"},
    {run_128, 128, VB_CPU_VECTOR128, "mul+add"},
#else
    {run_128, 128, VB_CPU_VECTOR128, "fma"},
#endif
};

static vb_status open_dgemm(vb_run *run) {
    int64_t n = vb_parameter_integer(run, "n", 256);
    if (n < 1 || n > 8192) {
        return vb_fail(run, "n must be between 1 and 8192");
    }
    const vb_variant *variant = vb_variant_choose(run, variants, sizeof(variants) / sizeof(variants[0]), "instructions");
    if (variant == NULL) {
        return VB_FAILED;
    }
    /* Each matrix on its own cache line boundary; three vectors of n for the check. */
    size_t matrix = ((size_t)n * (size_t)n + 7) / 8 * 8;
    size_t header = (sizeof(dgemm) + 63) / 64 * 64;
    size_t doubles = 3 * matrix + 3 * (size_t)n + (ROWS + COLUMNS) * DEPTH;
    dgemm *state = vb_probe_map(run, header + doubles * sizeof(double));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    state->bytes = header + doubles * sizeof(double);
    state->n = (int)n;
    state->packed_a = (double *)((char *)state + header);
    state->packed_b = state->packed_a + ROWS * DEPTH;
    state->a = state->packed_b + COLUMNS * DEPTH;
    state->b = state->a + matrix;
    state->c = state->b + matrix;
    state->check = state->c + matrix;
    uint64_t seed = 1;
    for (size_t i = 0; i < matrix; i++) {
        state->a[i] = (double)(vb_random(&seed) % 17) - 8;
        state->b[i] = (double)(vb_random(&seed) % 17) - 8;
    }
    vb_run_use(run, variant->workload);
    vb_metric_add(run, "work", 2.0 * (double)n * (double)n * (double)n, "flop");
    return VB_OK;
}

/* y = M x, or with `factor` the product scaled by it. */
static void multiply(double *y, const double *m, const double *x, int n, double factor) {
    for (int i = 0; i < n; i++) {
        y[i] = 0;
    }
    for (int j = 0; j < n; j++) {
        for (int i = 0; i < n; i++) {
            y[i] += m[(size_t)j * (size_t)n + (size_t)i] * (x[j] * factor);
        }
    }
}

/* Freivalds: for a random x, C x = operations * A (B x) with certainty when C is right, with probability 1/2 at most when it is not. */
static vb_status verify_dgemm(vb_run *run) {
    dgemm *state = run->context;
    int n = state->n;
    double *x = state->check, *left = x + n, *right = left + n;
    uint64_t seed = 0x5eed;
    for (int trial = 0; trial < 20; trial++) {
        for (int i = 0; i < n; i++) {
            x[i] = (vb_random(&seed) >> 40 & 1) != 0 ? 1 : -1;
        }
        multiply(left, state->b, x, n, 1);
        multiply(right, state->a, left, n, (double)state->operations);
        multiply(left, state->c, x, n, 1);
        for (int i = 0; i < n; i++) {
            if (left[i] != right[i]) {
                return vb_fail(run, "wrong product of matrices");
            }
        }
    }
    return VB_OK;
}

static void close_dgemm(vb_run *run) {
    const dgemm *state = run->context;
    if (state != NULL) {
        vb_platform_unmap(run->context, state->bytes);
    }
}

const vb_probe vb_cpu_dgemm = {
    .id = "cpu.dgemm",
    .parameters = "n=256 width=0",
    .open = open_dgemm,
    .verify = verify_dgemm,
    .close = close_dgemm,
};
