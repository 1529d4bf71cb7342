/*
 * What the engine and the probes need from the system under them: a clock, an output and memory. One port per file in
 * native/platform (linux, unikernel, osv, rumprun).
 */
#ifndef VB_PLATFORM_H
#define VB_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes all bytes to the console (stdout, serial port), unbuffered. */
void vb_platform_write(const char *bytes, size_t length);

/* The system's monotonic clock, ns since an arbitrary start. Not slewed where the system offers such a clock. */
uint64_t vb_platform_monotonic_ns(void);

/* Page-aligned zeroed memory, prefaulted unless VB_MAP_LAZY; NULL when there is none. */
enum { VB_MAP_LAZY = 1, VB_MAP_HUGE = 2 /* ask for huge pages; NULL when they cannot be had */ };
void *vb_platform_map(size_t bytes, unsigned flags);
void vb_platform_unmap(void *address, size_t bytes);

/*
 * One way of leaving a virtual machine that only privileged code can take: an instruction that whoever runs the machine has to answer.
 * exit.* measure these.
 */
typedef enum vb_exit_kind { VB_EXIT_IO, VB_EXIT_MMIO, VB_EXIT_HYPERCALL, VB_EXIT_IPI } vb_exit_kind;

typedef struct vb_platform_exit {
    uint64_t (*leave)(void); /* leaves and comes back once; its answer is the same each time. NULL: this machine has no such way */
    const char *what;        /* with leave: what is done, a word such as "vmcall"; without: why there is no such way, a sentence */
} vb_platform_exit;

/*
 * The calls that the os.*, exit.* and mem.fault probes measure. NULL where the system has none (a unikernel without processes, say): the
 * probe is then reported as unsupported there.
 */
typedef struct vb_platform_os {
    long (*getppid)(void);
    int64_t (*clock_monotonic)(void); /* the call that programs use (vDSO where there is one), ns */
    /* A partner in another process that answers over two pipes. */
    void *(*pipe_open)(void);
    /* Sends token (0..255), returns the partner's answer, which is (token + 1) & 255; -1 when the partner is gone. */
    int (*pipe_round_trip)(void *pair, int token);
    void (*pipe_close)(void *pair);
    /* A partner thread that sleeps until woken, then wakes us; the same answers. */
    void *(*thread_open)(void);
    int (*thread_round_trip)(void *pair, int token);
    void (*thread_close)(void *pair);
    /* Fills in how to leave the virtual machine, and prepares what that takes (a second CPU, say). General registers only: a machine that
       emulates its guests may know no others. */
    void (*find_exit)(vb_exit_kind kind, vb_platform_exit *exit);
    size_t page_bytes; /* of the memory that vb_platform_map hands out; 0: 4096 */
} vb_platform_os;
const vb_platform_os *vb_platform_os_calls(void);

/* SHA-256 (hexadecimal) of the archive of engine and probes that the port was built for: vb_main's `build`. Made by the build. */
const char *vb_build_hash(void);

#ifdef __cplusplus
}
#endif
#endif
