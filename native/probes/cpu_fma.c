/*
 * cpu.fma: peak double precision. One operation is 1,024 independent multiply-adds of one vector each, over twelve accumulators: two FMA
 * units of a latency of four or five cycles need ten in flight, and twelve leave room for the operands in sixteen registers.
 *
 * Each step is x = x * m + b with m = 1 and b = 1 that the compiler cannot know: the sums are exact, so the answer tells the number of
 * steps.
 */
#include "catalogue.h"
#include "state.h"
#include "vb_platform.h"
#include "vector.h"
#if defined(__aarch64__)
#include <arm_neon.h>
#endif

enum { ROUNDS = 85, EXTRA = 4, STEPS = FMA_ACCUMULATORS * ROUNDS + EXTRA };
_Static_assert(STEPS == 1024, "one operation is 1,024 steps");

/*
 * x * m + b, or m * b + x, which is the same for these numbers: NEON's instruction overwrites the summand, x86-64's any operand, and a copy
 * for each step would be measured too. An intrinsic there, because the expression's product could be taken out of the loop.
 */
#if defined(__aarch64__)
#define VB_STEP(x, m, b) vfmaq_f64(x, m, b)
#else
#define VB_STEP(x, m, b) ((x) * (m) + (b))
#endif

#define VB_KERNEL run_plain128
#define VB_LANES 2
#define VB_TARGET
#include "cpu_fma_kernel.inc"

#if defined(__x86_64__)
#define VB_KERNEL run_fma128
#define VB_LANES 2
#define VB_TARGET VB_TARGET_FMA128
#include "cpu_fma_kernel.inc"

#define VB_KERNEL run_fma256
#define VB_LANES 4
#define VB_TARGET VB_TARGET_256
#include "cpu_fma_kernel.inc"

#define VB_KERNEL run_fma512
#define VB_LANES 8
#define VB_TARGET VB_TARGET_512
#include "cpu_fma_kernel.inc"
#endif

static const vb_variant variants[] = {
#if defined(__x86_64__)
    {run_fma512, 512, VB_CPU_AVX512, "fma"},
    {run_fma256, 256, VB_CPU_AVX2_FMA, "fma"},
    {run_fma128, 128, VB_CPU_AVX2_FMA, "fma"},
    {run_plain128, 128, VB_CPU_VECTOR128, "mul+add"}, /* SSE2 has no fused instruction: the same sums in two */
#else
    {run_plain128, 128, VB_CPU_VECTOR128, "fma"},
#endif
};

static vb_status open_fma(vb_run *run) {
    const vb_variant *variant = vb_variant_choose(run, variants, sizeof(variants) / sizeof(variants[0]), "instructions");
    fma_sums *state = variant != NULL ? vb_probe_map(run, sizeof(*state)) : NULL;
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    state->lanes = variant->width / 64;
    state->multiplier = 1;
    state->addend = 1;
    for (int i = 0; i < FMA_ACCUMULATORS * state->lanes; i++) {
        state->sums[i] = i;
    }
    vb_run_use(run, variant->workload);
    vb_metric_add(run, "work", STEPS * state->lanes * 2, "flop");
    return VB_OK;
}

static vb_status verify_fma(vb_run *run) {
    const fma_sums *state = run->context;
    for (int i = 0; i < FMA_ACCUMULATORS * state->lanes; i++) {
        int steps = ROUNDS + (i / state->lanes < EXTRA);
        if (state->sums[i] != i + (double)state->operations * steps) {
            return vb_fail(run, "wrong sum of multiply-adds");
        }
    }
    return VB_OK;
}

static void close_fma(vb_run *run) {
    if (run->context != NULL) {
        vb_platform_unmap(run->context, sizeof(fma_sums));
    }
}

const vb_probe vb_cpu_fma = {
    .id = "cpu.fma",
    .parameters = "width=0",
    .open = open_fma,
    .verify = verify_fma,
    .close = close_fma,
};
