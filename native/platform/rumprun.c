/* The port to Rumprun: one program and NetBSD's rump kernel in one address space, in ring 0, with threads that take turns. */
#include "rumprun.h"
#include "vb_platform.h"
#include <errno.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

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

static long call_getppid(void) {
    return getppid();
}

/*
 * What os.clock measures is the call that programs use. Its clock is right only where the thread that winds it up gets a turn each second
 * (see rumprun_clock.c), which it does here, at less than a ten thousandth of the figure.
 */
static int64_t call_clock(void) {
    const unsigned calls_per_turn = 1u << 16;
    static unsigned calls;
    struct timespec now;
    if (++calls % calls_per_turn == 0) {
        sched_yield();
    }
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
