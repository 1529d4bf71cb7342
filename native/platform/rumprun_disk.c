/* Block I/O of NetBSD's rump kernel: a raw device (/dev/rld0d), whose transfers go past the kernel's cache, one at a time. */
#include "vb_platform_disk.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/disklabel.h>
#include <sys/dkio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct raw_disk {
    vb_disk calls; /* first: a vb_disk is its raw_disk */
    int file;
    vb_disk_done done;
} raw_disk;

static int error_of(int error) {
    switch (error) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
        return VB_DISK_NOT_FOUND;
    case EACCES:
    case EPERM:
        return VB_DISK_DENIED;
    case EROFS:
        return VB_DISK_READ_ONLY;
    case EBUSY:
        return VB_DISK_IN_USE;
    case EINVAL:
        return VB_DISK_NO_DIRECT;
    case ENOSPC:
        return VB_DISK_FULL;
    case EIO:
        return VB_DISK_IO_ERROR;
    default:
        return VB_DISK_OTHER - error;
    }
}

/* Its root is in memory: a directory there would be no disk. */
static int disk_look(const char *path, vb_disk_place *place) {
    struct stat status;
    *place = (vb_disk_place){.is_device = 1};
    if (stat(path, &status) != 0) {
        return error_of(errno);
    }
    if (!S_ISCHR(status.st_mode)) {
        return VB_DISK_NO_PLACE;
    }
    int file = open(path, O_RDONLY);
    if (file < 0) {
        return error_of(errno);
    }
    struct disklabel label;
    int error = ioctl(file, DIOCGDINFO, &label) == 0 ? 0 : error_of(errno);
    if (error == 0) {
        place->sector_bytes = label.d_secsize;
        place->bytes = (uint64_t)label.d_secperunit * label.d_secsize;
    }
    close(file);
    return error;
}

static int disk_start(vb_disk *calls, const vb_disk_transfer *transfer) {
    raw_disk *disk = (raw_disk *)calls;
    ssize_t moved;
    do {
        moved = transfer->is_write ? pwrite(disk->file, transfer->bytes, transfer->length, (off_t)transfer->offset)
                                   : pread(disk->file, transfer->bytes, transfer->length, (off_t)transfer->offset);
    } while (moved < 0 && errno == EINTR);
    disk->done = (vb_disk_done){.slot = transfer->slot, .result = moved >= 0 ? moved : error_of(errno)};
    return 0;
}

static int disk_wait(vb_disk *calls, vb_disk_done *done, int most) {
    (void)most;
    *done = ((raw_disk *)calls)->done;
    return 1;
}

/* fsync of a raw device does nothing. A driver without a cache to flush says so, and has none. */
static int disk_flush(vb_disk *calls) {
    int force = 1;
    return ioctl(((raw_disk *)calls)->file, DIOCCACHESYNC, &force) == 0 || errno == ENOTTY || errno == EOPNOTSUPP ? 0 : error_of(errno);
}

static void disk_forget(vb_disk *calls) {
    (void)calls;
}

static void disk_close(vb_disk *calls) {
    close(((raw_disk *)calls)->file);
    free(calls);
}

static vb_disk *disk_open(const vb_disk_request *request, int *error) {
    if (request->method != VB_DISK_AUTO && request->method != VB_DISK_PREAD) {
        *error = VB_DISK_NO_METHOD;
        return NULL;
    }
    if (request->depth > 1) {
        *error = VB_DISK_ONE_AT_A_TIME;
        return NULL;
    }
    raw_disk *disk = calloc(1, sizeof(*disk));
    if (disk == NULL) {
        *error = VB_DISK_NO_MEMORY;
        return NULL;
    }
    disk->calls = (vb_disk){
        .method = "pread",
        .start = disk_start,
        .wait = disk_wait,
        .flush = disk_flush,
        .forget = disk_forget,
        .close = disk_close,
    };
    disk->file = open(request->path, O_RDWR);
    if (disk->file < 0) {
        *error = error_of(errno);
        free(disk);
        return NULL;
    }
    return &disk->calls;
}

const vb_platform_disk *vb_platform_disk_calls(const char **why) {
    static const vb_platform_disk calls = {.look = disk_look, .open = disk_open};
    *why = "";
    return &calls;
}
