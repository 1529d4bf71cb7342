/* Transfers by pread and pwrite: one at a time, done when it is started. */
#define _GNU_SOURCE
#include "linux_disk.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int pread_start(vb_disk *calls, const vb_disk_transfer *transfer) {
    vb_linux_disk *disk = (vb_linux_disk *)calls;
    vb_disk_done *done = disk->queue;
    ssize_t moved;
    do {
        moved = transfer->is_write ? pwrite(disk->file, transfer->bytes, transfer->length, (off_t)transfer->offset)
                                   : pread(disk->file, transfer->bytes, transfer->length, (off_t)transfer->offset);
    } while (moved < 0 && errno == EINTR);
    *done = (vb_disk_done){.slot = transfer->slot, .result = moved >= 0 ? moved : vb_linux_disk_error(errno)};
    return 0;
}

static int pread_wait(vb_disk *calls, vb_disk_done *done, int most) {
    (void)most;
    *done = *(const vb_disk_done *)((vb_linux_disk *)calls)->queue;
    return 1;
}

static void pread_end(vb_linux_disk *disk) {
    free(disk->queue);
}

int vb_linux_pread_open(vb_linux_disk *disk, const vb_disk_request *request) {
    if (request->depth > 1) {
        return VB_DISK_ONE_AT_A_TIME;
    }
    disk->queue = calloc(1, sizeof(vb_disk_done));
    if (disk->queue == NULL) {
        return VB_DISK_NO_MEMORY;
    }
    disk->calls.method = "pread";
    disk->calls.start = pread_start;
    disk->calls.wait = pread_wait;
    disk->end = pread_end;
    return 0;
}
