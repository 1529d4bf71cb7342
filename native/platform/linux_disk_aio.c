/* Transfers by Linux's older asynchronous I/O, which is asynchronous for direct I/O only. Raw system calls: what libaio wraps. */
#define _GNU_SOURCE
#include "linux_disk.h"
#include <errno.h>
#include <linux/aio_abi.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 64 };

typedef struct aio_queue {
    aio_context_t context;
    long waiting; /* started, not handed to the kernel yet */
    struct iocb **to_submit;
    struct iocb *blocks; /* by slot */
} aio_queue;

static int aio_start(vb_disk *calls, const vb_disk_transfer *transfer) {
    vb_linux_disk *disk = (vb_linux_disk *)calls;
    aio_queue *queue = disk->queue;
    struct iocb *block = &queue->blocks[transfer->slot];
    *block = (struct iocb){
        .aio_data = transfer->slot,
        .aio_lio_opcode = transfer->is_write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD,
        .aio_fildes = (uint32_t)disk->file,
        .aio_buf = (uintptr_t)transfer->bytes,
        .aio_nbytes = transfer->length,
        .aio_offset = (int64_t)transfer->offset,
    };
    queue->to_submit[queue->waiting++] = block;
    return 0;
}

/* A transfer that the kernel will not take (no direct I/O of this size, say) fails the submission. */
static int submit(aio_queue *queue) {
    long taken = 0;
    while (taken < queue->waiting) {
        long now = syscall(SYS_io_submit, queue->context, queue->waiting - taken, queue->to_submit + taken);
        if (now < 0 && errno != EINTR && errno != EAGAIN) {
            return vb_linux_disk_error(errno);
        }
        taken += now > 0 ? now : 0;
    }
    queue->waiting = 0;
    return 0;
}

static int aio_wait(vb_disk *calls, vb_disk_done *done, int most) {
    vb_linux_disk *disk = (vb_linux_disk *)calls;
    aio_queue *queue = disk->queue;
    struct io_event events[EVENTS_MAX];
    struct timespec silence = {.tv_sec = VB_LINUX_DISK_SILENCE_S};
    int error = submit(queue);
    if (error != 0) {
        return error;
    }
    long count;
    do {
        count = syscall(SYS_io_getevents, queue->context, 1L, (long)(most < EVENTS_MAX ? most : EVENTS_MAX), events, &silence);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) {
        disk->is_lost = count == 0;
        return count == 0 ? VB_DISK_TIMEOUT : vb_linux_disk_error(errno);
    }
    for (long i = 0; i < count; i++) {
        int64_t result = events[i].res;
        done[i] = (vb_disk_done){.slot = (uint32_t)events[i].data, .result = result >= 0 ? result : vb_linux_disk_error((int)-result)};
    }
    return (int)count;
}

static void aio_end(vb_linux_disk *disk) {
    aio_queue *queue = disk->queue;
    if (queue->context != 0 && !disk->is_lost) {
        syscall(SYS_io_destroy, queue->context); /* waits for what is in flight; what is lost ends with the program */
    }
    if (!disk->is_lost) {
        free(queue->to_submit);
        free(queue->blocks);
        free(queue);
    }
}

int vb_linux_aio_open(vb_linux_disk *disk, const vb_disk_request *request) {
    aio_queue *queue = calloc(1, sizeof(*queue));
    if (queue == NULL) {
        return VB_DISK_NO_MEMORY;
    }
    disk->queue = queue;
    disk->end = aio_end;
    queue->to_submit = calloc(request->depth, sizeof(*queue->to_submit));
    queue->blocks = calloc(request->depth, sizeof(*queue->blocks));
    int error = queue->to_submit == NULL || queue->blocks == NULL                       ? VB_DISK_NO_MEMORY
                : syscall(SYS_io_setup, (unsigned)request->depth, &queue->context) != 0 ? VB_DISK_NO_METHOD
                                                                                        : 0;
    if (error != 0) {
        queue->context = 0;
        aio_end(disk);
        disk->end = NULL;
        return error;
    }
    disk->calls.method = "libaio";
    disk->calls.start = aio_start;
    disk->calls.wait = aio_wait;
    return 0;
}
