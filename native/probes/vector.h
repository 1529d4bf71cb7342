/*
 * Vector variants: each kernel is written once on GCC's generic vectors and compiled once per width, as a function of its own that a table
 * names. `open` takes the variant from the table by what the CPU has.
 */
#ifndef VB_VECTOR_H
#define VB_VECTOR_H

#include "cpu.h"
#include "vb_engine.h"

#if defined(__x86_64__)
#define VB_TARGET_FMA128 __attribute__((target("avx2,fma")))
#define VB_TARGET_256 __attribute__((target("avx2,fma")))
#define VB_TARGET_512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,prefer-vector-width=512")))
#endif

/* `x` in every lane. Subtracting zero changes no value, not even -0, so no instruction is left of it; adding zero would leave one. */
#define VB_BROADCAST(vector, x) ((x) - (vector){0})

typedef struct vb_variant {
    vb_workload workload;
    int width;         /* bits */
    unsigned features; /* that it takes */
    const char *kind;  /* what else distinguishes it, in a word */
} vb_variant;

/*
 * The first of `count` variants (best first) that the CPU can run and that is as wide as the parameter `width` asks (0: any). Notes width
 * and, under the name `kind_name`, kind. NULL, with the run failed or unsupported, when there is none.
 */
const vb_variant *vb_variant_choose(vb_run *run, const vb_variant *variants, int count, const char *kind_name);

#endif
