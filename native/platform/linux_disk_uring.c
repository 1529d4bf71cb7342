/*
 * Transfers by io_uring, with raw system calls. The file and the memory are registered, so that no transfer has to look the one up and pin
 * the other; one call to the kernel hands over what was started and waits for what has ended.
 */
#define _GNU_SOURCE
#include "linux_disk.h"
#include <errno.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Of newer kernels' headers. */
enum { SETUP_COOP_TASKRUN = 1 << 8, SETUP_SINGLE_ISSUER = 1 << 12, SETUP_DEFER_TASKRUN = 1 << 13 };

static const uint64_t watch = UINT64_MAX; /* the user_data of the timer */

typedef struct ring {
    int file;
    unsigned to_submit;
    unsigned tail; /* ours of the submission queue */
    unsigned submission_mask, completion_mask;
    unsigned *submission_tail, *completion_head, *completion_tail;
    struct io_uring_sqe *entries;
    const struct io_uring_cqe *completions;
    void *rings;
    size_t rings_bytes, entries_bytes;
    int memory_is_registered;
    int silences; /* of the timer in a row, without an end of a transfer between them */
    struct __kernel_timespec silence;
} ring;

static struct io_uring_sqe *next_entry(ring *ring) {
    struct io_uring_sqe *entry = &ring->entries[ring->tail++ & ring->submission_mask];
    *entry = (struct io_uring_sqe){0};
    ring->to_submit++;
    return entry;
}

/* A timer in the ring: a transfer that never ends is noticed at no cost to those that do. */
static void arm_watch(ring *ring) {
    struct io_uring_sqe *entry = next_entry(ring);
    entry->opcode = IORING_OP_TIMEOUT;
    entry->fd = -1;
    entry->addr = (uintptr_t)&ring->silence;
    entry->len = 1;
    entry->user_data = watch;
}

static int uring_start(vb_disk *calls, const vb_disk_transfer *transfer) {
    ring *ring = ((vb_linux_disk *)calls)->queue;
    struct io_uring_sqe *entry = next_entry(ring);
    entry->opcode = ring->memory_is_registered ? (transfer->is_write ? IORING_OP_WRITE_FIXED : IORING_OP_READ_FIXED)
                                               : (transfer->is_write ? IORING_OP_WRITE : IORING_OP_READ);
    entry->flags = IOSQE_FIXED_FILE;
    entry->fd = 0; /* of the registered files */
    entry->off = transfer->offset;
    entry->addr = (uintptr_t)transfer->bytes;
    entry->len = transfer->length;
    entry->user_data = transfer->slot;
    return 0;
}

/* Takes what has ended; negative when nothing does any more. */
static int reap(vb_linux_disk *disk, vb_disk_done *done, int most) {
    ring *ring = disk->queue;
    unsigned head = *ring->completion_head, tail = __atomic_load_n(ring->completion_tail, __ATOMIC_ACQUIRE);
    int count = 0, is_silent = 0;
    for (; head != tail && count < most; head++) {
        const struct io_uring_cqe *completion = &ring->completions[head & ring->completion_mask];
        if (completion->user_data == watch) {
            is_silent = 1;
        } else {
            int64_t result = completion->res;
            done[count++] = (vb_disk_done){
                .slot = (uint32_t)completion->user_data,
                .result = result >= 0 ? result : vb_linux_disk_error((int)-result),
            };
        }
    }
    __atomic_store_n(ring->completion_head, head, __ATOMIC_RELEASE);
    if (is_silent) {
        arm_watch(ring);
    }
    /* The first may have gone off while nothing was in flight. */
    ring->silences = count > 0 ? 0 : ring->silences + is_silent;
    disk->is_lost = ring->silences > 1;
    return disk->is_lost ? VB_DISK_TIMEOUT : count;
}

static int uring_wait(vb_disk *calls, vb_disk_done *done, int most) {
    vb_linux_disk *disk = (vb_linux_disk *)calls;
    ring *ring = disk->queue;
    int count = ring->to_submit > 0 ? 0 : reap(disk, done, most);
    while (count == 0) {
        __atomic_store_n(ring->submission_tail, ring->tail, __ATOMIC_RELEASE);
        long taken = syscall(SYS_io_uring_enter, ring->file, ring->to_submit, 1u, IORING_ENTER_GETEVENTS, NULL, 0);
        if (taken < 0 && errno != EINTR) {
            return vb_linux_disk_error(errno);
        }
        ring->to_submit -= taken > 0 ? (unsigned)taken : 0;
        count = reap(disk, done, most);
    }
    return count;
}

static void uring_end(vb_linux_disk *disk) {
    ring *ring = disk->queue;
    if (ring->file >= 0 && !disk->is_lost) {
        /* Closing the ring leaves this to a worker of the kernel's, and the device would still be taken when it is opened next. */
        syscall(SYS_io_uring_register, ring->file, IORING_UNREGISTER_FILES, NULL, 0u);
    }
    if (ring->entries != NULL) {
        munmap(ring->entries, ring->entries_bytes);
    }
    if (ring->rings != NULL) {
        munmap(ring->rings, ring->rings_bytes);
    }
    if (ring->file >= 0) {
        close(ring->file);
    }
    free(ring);
}

static void *map_queue(int file, size_t bytes, uint64_t which) {
    void *queue = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, (off_t)which);
    return queue != MAP_FAILED ? queue : NULL;
}

/* The newest way of handing over completions that the kernel knows; file is negative when it has no io_uring for us. */
static struct io_uring_params set_up(ring *ring, unsigned entries) {
    static const unsigned ways[] = {SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN, SETUP_COOP_TASKRUN, 0};
    struct io_uring_params parameters;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        parameters = (struct io_uring_params){.flags = ways[i]};
        ring->file = (int)syscall(SYS_io_uring_setup, entries, &parameters);
        if (ring->file >= 0 || errno != EINVAL) {
            break;
        }
    }
    return parameters;
}

static int map_ring(ring *ring, const struct io_uring_params *parameters) {
    size_t submissions = parameters->sq_off.array + parameters->sq_entries * sizeof(unsigned);
    size_t completions = parameters->cq_off.cqes + parameters->cq_entries * sizeof(struct io_uring_cqe);
    ring->rings_bytes = submissions > completions ? submissions : completions;
    ring->entries_bytes = parameters->sq_entries * sizeof(struct io_uring_sqe);
    char *rings = ring->rings = map_queue(ring->file, ring->rings_bytes, IORING_OFF_SQ_RING);
    ring->entries = map_queue(ring->file, ring->entries_bytes, IORING_OFF_SQES);
    if (rings == NULL || ring->entries == NULL) {
        return VB_DISK_NO_MEMORY;
    }
    ring->submission_tail = (unsigned *)(rings + parameters->sq_off.tail);
    ring->submission_mask = *(const unsigned *)(rings + parameters->sq_off.ring_mask);
    ring->completion_head = (unsigned *)(rings + parameters->cq_off.head);
    ring->completion_tail = (unsigned *)(rings + parameters->cq_off.tail);
    ring->completion_mask = *(const unsigned *)(rings + parameters->cq_off.ring_mask);
    ring->completions = (const struct io_uring_cqe *)(rings + parameters->cq_off.cqes);
    unsigned *order = (unsigned *)(rings + parameters->sq_off.array);
    for (unsigned i = 0; i < parameters->sq_entries; i++) {
        order[i] = i;
    }
    return 0;
}

int vb_linux_uring_open(vb_linux_disk *disk, const vb_disk_request *request) {
    ring *opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return VB_DISK_NO_MEMORY;
    }
    disk->queue = opened;
    disk->end = uring_end;
    opened->silence.tv_sec = VB_LINUX_DISK_SILENCE_S;
    struct io_uring_params parameters = set_up(opened, request->depth + 1); /* and the timer */
    /* FAST_POLL came after everything else that is used here, in Linux 5.7. */
    const unsigned needed = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_FAST_POLL;
    int error = opened->file < 0 || (parameters.features & needed) != needed ? VB_DISK_NO_METHOD : map_ring(opened, &parameters);
    if (error == 0 && syscall(SYS_io_uring_register, opened->file, IORING_REGISTER_FILES, &disk->file, 1u) != 0) {
        error = vb_linux_disk_error(errno);
    }
    if (error != 0) {
        uring_end(disk);
        disk->end = NULL;
        return error;
    }
    struct iovec memory = {.iov_base = request->memory, .iov_len = request->memory_bytes};
    /* Refused where little memory may be locked; transfers then pin theirs each time. */
    opened->memory_is_registered = syscall(SYS_io_uring_register, opened->file, IORING_REGISTER_BUFFERS, &memory, 1u) == 0;
    arm_watch(opened);
    disk->calls.method = opened->memory_is_registered ? "io_uring" : "io_uring-unregistered";
    disk->calls.start = uring_start;
    disk->calls.wait = uring_wait;
    return 0;
}
