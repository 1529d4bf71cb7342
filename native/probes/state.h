/*
 * What each probe keeps while it runs: its vb_run's context. Apart from the probes so that the tests can spoil an answer and see it
 * refused; nothing else looks into them.
 */
#ifndef VB_STATE_H
#define VB_STATE_H

#include "clock.h"
#include "histogram.h"
#include "sha256.h"
#include "vb_engine.h"
#include "vb_platform.h"

/* cpu.primes */
typedef struct primes {
    uint64_t limit;
    uint64_t found;  /* over all operations */
    uint64_t events; /* operations done */
} primes;

/* cpu.fma */
enum { FMA_ACCUMULATORS = 12, FMA_LANES_MAX = 8 };

typedef struct fma_sums {
    _Alignas(64) double sums[FMA_ACCUMULATORS * FMA_LANES_MAX];
    double multiplier;
    double addend;
    int64_t operations;
    int lanes;
} fma_sums;

/* cpu.dgemm: column-major matrices of n by n */
typedef struct dgemm {
    int n;
    int64_t operations;
    size_t bytes;
    double *a, *b, *c, *check; /* check: three vectors of n */
    double *packed_a, *packed_b;
} dgemm;

/* cpu.sha256 */
typedef struct message {
    vb_sha256_blocks blocks;
    uint8_t *bytes;
    size_t length;
    uint32_t digest[8]; /* the first operation's */
    uint64_t wrong;     /* operations whose digest was another */
} message;

/* cpu.sort */
typedef struct sort {
    int64_t count;
    size_t bytes;
    int32_t *permutation;
    int32_t *sorted;
} sort;

/* mem.copy, mem.scale, mem.add, mem.triad */
typedef enum stream_array { ARRAY_A, ARRAY_B, ARRAY_C, ARRAYS } stream_array;

typedef enum stream_kernel { COPY, SCALE, ADD, TRIAD, KERNELS } stream_kernel;

typedef struct stream {
    double *array[ARRAYS]; /* NULL when the kernel does not use it */
    int64_t count;         /* doubles in each */
    double scalar;
    stream_kernel kernel;
    size_t bytes;
} stream;

/* mem.latency */
typedef union line {
    union line *next;
    uint64_t index; /* while the cycle is being made */
    char whole[64];
} line;

typedef struct chain {
    line *lines;
    int64_t count;
    line *position;
    uint64_t loads; /* over all operations, modulo 2^64 */
} chain;

/* mem.random */
typedef struct table {
    uint64_t *words;
    int bits;        /* log2 of the number of words */
    int64_t pass;    /* operations until the sequence starts again */
    int64_t done;    /* operations of this pass */
    uint64_t state;  /* of the sequence */
    uint64_t passes; /* complete ones */
} table;

/* mem.fault */
typedef struct faults {
    size_t page_bytes;
    uint64_t touched; /* pages */
    uint64_t wrong;   /* pages that were not fresh, or could not be had */
    uint64_t operations;
} faults;

/* os.syscall, os.clock */
typedef struct calls {
    const vb_platform_os *os;
    long parent;      /* getppid's answer at the start */
    int64_t earliest; /* the clock at the start, ns */
    int64_t latest;   /* the last that the workload read */
    uint64_t wrong;   /* answers that cannot be */
} calls;

/* os.pipe, os.thread */
typedef struct ping_pong {
    int (*round_trip)(void *pair, int token);
    void (*close)(void *pair);
    void *pair;
    uint64_t wrong; /* answers that were not the token's */
} ping_pong;

/* os.cpuid */
typedef struct identity {
    uint64_t first; /* the answer at the start */
    uint64_t wrong; /* answers that differ */
} identity;

/* exit.io, exit.mmio, exit.hypercall, exit.ipi */
typedef struct exits {
    uint64_t (*leave)(void);
    const char *what; /* as in vb_platform_exit */
    uint64_t first;   /* the answer at the start */
    uint64_t wrong;   /* answers that differ */
} exits;

/* os.jitter */
typedef struct jitter {
    const vb_run *run;
    const vb_clock *clock;
    uint64_t window_ticks;
    vb_histogram gaps; /* ns; the actual run's windows only */
} jitter;

#endif
