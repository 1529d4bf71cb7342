/* The port to Linux: also what OSv runs, which has most of Linux's calls but no fork. */
#define _GNU_SOURCE
#include "linux.h"
#include "vb_platform.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

void vb_platform_write(const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && errno != EINTR) {
            return; /* nobody reads any more; the host sees a transcript without an end */
        }
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
}

uint64_t vb_platform_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* /proc/meminfo's MemAvailable in bytes; 0 when there is no such file (a container FROM scratch, OSv). */
static uint64_t available_memory(void) {
    static const char label[] = "MemAvailable:";
    char text[256];
    int file = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
    ssize_t length = file >= 0 ? read(file, text, sizeof(text) - 1) : -1;
    if (file >= 0) {
        close(file);
    }
    if (length <= 0) {
        return 0;
    }
    text[length] = '\0';
    const char *line = strstr(text, label);
    return line != NULL ? strtoull(line + sizeof(label) - 1, NULL, 10) * 1024 : 0;
}

/* Linux promises more memory than there is and kills whoever takes it at its word; in a small guest that would be the whole guest. */
static int is_there_memory(size_t bytes) {
    const size_t worth_asking = 16u << 20;
    if (bytes < worth_asking) {
        return 1;
    }
    uint64_t available = available_memory();
    struct sysinfo system;
    if (available == 0 && sysinfo(&system) == 0) {
        available = ((uint64_t)system.freeram + system.bufferram) * system.mem_unit;
    }
    return available == 0 || bytes < available;
}

static size_t round_up(size_t bytes, size_t unit) {
    return (bytes + unit - 1) / unit * unit;
}

static size_t page_bytes(void) {
    static size_t bytes;
    if (bytes == 0) {
        bytes = (size_t)sysconf(_SC_PAGESIZE);
    }
    return bytes;
}

static void touch(char *address, size_t bytes) {
    for (size_t i = 0; i < bytes; i += page_bytes()) {
        *(volatile char *)(address + i) = 0;
    }
}

static void *map_small(size_t bytes, unsigned flags) {
    bytes = round_up(bytes, page_bytes());
    char *address = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED) {
        return NULL;
    }
    /* Small pages wherever the host's setting would choose: two hosts, or a host and its guest, must not differ in this by accident. A
       kernel without transparent huge pages refuses the advice and has small pages anyway. */
    madvise(address, bytes, MADV_NOHUGEPAGE);
    if ((flags & VB_MAP_LAZY) == 0) {
        touch(address, bytes);
    }
    return address;
}

/* Transparent huge pages, with proof: MADV_COLLAPSE (Linux 6.1) succeeds only when the whole range is huge. */
static void *map_huge(size_t bytes) {
    const size_t huge = 2u << 20;
#ifndef MADV_COLLAPSE
    enum { MADV_COLLAPSE = 25 };
#endif
    size_t wanted = round_up(bytes, huge);
    char *whole = mmap(NULL, wanted + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (whole == MAP_FAILED) {
        return NULL;
    }
    size_t before = round_up((size_t)whole, huge) - (size_t)whole;
    char *address = whole + before;
    if (before > 0) {
        munmap(whole, before);
    }
    if (before < huge) {
        munmap(address + wanted, huge - before);
    }
    int advised = madvise(address, wanted, MADV_HUGEPAGE) == 0;
    if (advised) {
        touch(address, wanted);
    }
    if (!advised || madvise(address, wanted, MADV_COLLAPSE) != 0) {
        munmap(address, wanted);
        return NULL;
    }
    /* The caller unmaps what it asked for; the rest of the last huge page is given back now. */
    size_t kept = round_up(bytes, page_bytes());
    if (kept < wanted) {
        munmap(address + kept, wanted - kept);
    }
    return address;
}

void *vb_platform_map(size_t bytes, unsigned flags) {
    if ((flags & VB_MAP_LAZY) == 0 && !is_there_memory(bytes)) {
        return NULL;
    }
    return (flags & VB_MAP_HUGE) != 0 ? map_huge(bytes) : map_small(bytes, flags);
}

void vb_platform_unmap(void *address, size_t bytes) {
    munmap(address, round_up(bytes, page_bytes()));
}

static long call_getppid(void) {
    return getppid();
}

static int64_t call_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

const vb_platform_os *vb_platform_os_calls(void) {
    static vb_platform_os calls = {
        .getppid = call_getppid,
        .clock_monotonic = call_clock,
        .pipe_open = vb_linux_pipe_open,
        .pipe_round_trip = vb_linux_pipe_round_trip,
        .pipe_close = vb_linux_pipe_close,
        .thread_open = vb_linux_thread_open,
        .thread_round_trip = vb_linux_thread_round_trip,
        .thread_close = vb_linux_thread_close,
    };
    calls.page_bytes = page_bytes();
    return &calls;
}
