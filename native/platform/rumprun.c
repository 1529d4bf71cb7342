/* The port to Rumprun: one program and NetBSD's rump kernel in one address space, in ring 0, with threads that take turns. */
#include "rumprun.h"
#include "vb_platform.h"
#include <errno.h>
#include <time.h>
#include <unistd.h>

/*
 * Of libbmk, below the kernel; no header of it is installed. Weak, as are all of its names: x86_64-rumprun-netbsd-gcc tries whether a
 * program links and does so without libbmk, which is there when the program is baked.
 */
__attribute__((weak)) int64_t bmk_platform_cpu_clock_monotonic(void);

void vb_platform_write(const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && errno != EINTR) {
            return;
        }
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
}

/*
 * Not clock_gettime: NetBSD's time counter is wound up by a thread, which has no turn while a probe computes, and after a second of that
 * CLOCK_MONOTONIC falls back by one.
 */
uint64_t vb_platform_monotonic_ns(void) {
    return (uint64_t)bmk_platform_cpu_clock_monotonic();
}

static long call_getppid(void) {
    return getppid();
}

/* What os.clock measures is the call that programs use, faults and all. */
static int64_t call_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* No fork, so no pipe to another process. */
const vb_platform_os *vb_platform_os_calls(void) {
    static const vb_platform_os calls = {
        .getppid = call_getppid,
        .clock_monotonic = call_clock,
        .thread_open = vb_rumprun_thread_open,
        .thread_round_trip = vb_rumprun_thread_round_trip,
        .thread_close = vb_rumprun_thread_close,
        .page_bytes = VB_RUMPRUN_PAGE_BYTES,
    };
    return &calls;
}
