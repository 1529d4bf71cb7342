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
#include "vb_platform_disk.h"
#include "vb_platform_net.h"

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

/* net.*: the way to the server */
typedef struct net_link {
    vb_run *run;
    const vb_platform_net *net;
    const vb_clock *clock;
    vb_net_address peer;
    uint64_t bytes;     /* that programs sent and received, in the whole section */
    uint64_t end_ticks; /* when it is given up */
    int is_broken;      /* the run says why */
} net_link;

/* net.tcp-stream */
enum { NET_STREAMS_MAX = 16 };

typedef struct tcp_stream {
    int socket;
    uint64_t left;  /* bytes of this iteration that are still to be moved */
    uint64_t total; /* bytes of all iterations */
} tcp_stream;

typedef struct tcp_streams {
    net_link link;
    long (*move)(struct tcp_streams *state, tcp_stream *stream, size_t length, unsigned flags);
    int receives;
    int count;
    tcp_stream streams[NET_STREAMS_MAX];
    uint8_t *block;
} tcp_streams;

/* net.udp-stream */
typedef struct udp_stream {
    net_link link;
    int control, data; /* sockets; negative: none */
    size_t size;       /* of a datagram, bytes */
    uint8_t *datagram;
    uint64_t sequence; /* the next datagram's */
    /* Of the iterations that count: datagrams, and how long it took to send them and for them to come. */
    uint64_t sent, received, sending_ticks, gaps, receiving_ns;
} udp_stream;

/* net.tcp-rr, net.udp-rr, net.tcp-crr */
typedef struct round_trips {
    net_link link;
    int (*exchange)(struct round_trips *state); /* there and back once; whether it was */
    int socket;                                 /* negative: none */
    uint8_t token;                              /* the last byte sent */
    double interval_ticks;                      /* between the intended starts; 0: each starts when the one before ended */
    uint64_t start_ticks;                       /* of the schedule */
    uint64_t scheduled;                         /* operations since then */
    int was_actual;                             /* the iteration before counted */
    uint64_t done, lost;                        /* operations; datagrams sent again. Both: of iterations that count */
    vb_histogram times;                         /* ns; the same */
} round_trips;

/* disk.* */
enum { DISK_DEPTH_MAX = 128, DISK_RECENT = 256 };

/* What each block begins with. */
typedef struct disk_stamp {
    uint64_t place;    /* the block's offset, salted: what an earlier run left is not taken for ours */
    uint64_t sequence; /* of the write; 0: from when the disk was filled */
} disk_stamp;

/* A transfer in flight, or the last of its slot. */
typedef struct disk_slot {
    uint64_t offset;
    uint64_t sequence;
    uint64_t start_ticks;
} disk_slot;

typedef struct disk_state {
    vb_run *run;
    const char *path;
    vb_disk *disk; /* NULL: not open */
    const vb_clock *clock;
    uint8_t *memory; /* a block for each slot, and the pieces of filling */
    size_t memory_bytes;
    uint64_t file_bytes, block_bytes;
    uint32_t depth;
    int writes, is_random;
    int is_broken; /* the run says why */
    uint64_t salt;
    uint64_t random;   /* state of the sequence of offsets */
    uint64_t position; /* of the next sequential transfer */
    uint32_t in_flight;
    disk_slot slots[DISK_DEPTH_MAX];
    uint64_t written;               /* writes started: the last one's sequence */
    disk_stamp recent[DISK_RECENT]; /* the last writes that ended: offset and sequence */
    uint64_t ended;                 /* writes that ended */
    uint64_t bytes;                 /* moved in the whole section */
    uint64_t timed;                 /* operations of the iterations that count */
    vb_histogram times;             /* ns; the same */
} disk_state;

#endif
