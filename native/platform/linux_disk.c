/* vb_platform_disk on Linux, and on OSv, which has a part of Linux's calls: where the disk is, and its opening and closing. */
#define _GNU_SOURCE
#include "linux_disk.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

static const char file_name[] = "/virtualbench.disk";

int vb_linux_disk_error(int error) {
    switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return VB_DISK_NOT_FOUND;
    case ENOTDIR:
        return VB_DISK_NO_PLACE;
    case EACCES:
    case EPERM:
        return VB_DISK_DENIED;
    case EROFS:
        return VB_DISK_READ_ONLY;
    case EBUSY:
    case EEXIST:
        return VB_DISK_IN_USE;
    case EINVAL:
        return VB_DISK_NO_DIRECT;
    case ENOSPC:
    case EDQUOT:
        return VB_DISK_FULL;
    case EFBIG:
        return VB_DISK_TOO_LARGE;
    case EIO:
        return VB_DISK_IO_ERROR;
    case ENOMEM:
        return VB_DISK_NO_MEMORY;
    default:
        return VB_DISK_OTHER - error;
    }
}

/* The file system's name: those on which disks are made often, and the kernel's number of any other. */
static void name_system(char *name, size_t capacity, unsigned long type) {
    static const struct {
        unsigned long type;
        const char *name;
    } known[] = {
        {EXT4_SUPER_MAGIC, "ext4"},         {XFS_SUPER_MAGIC, "xfs"},   {BTRFS_SUPER_MAGIC, "btrfs"}, {TMPFS_MAGIC, "tmpfs"},
        {OVERLAYFS_SUPER_MAGIC, "overlay"}, {F2FS_SUPER_MAGIC, "f2fs"}, {FUSE_SUPER_MAGIC, "fuse"},   {V9FS_MAGIC, "9p"},
        {NFS_SUPER_MAGIC, "nfs"},           {RAMFS_MAGIC, "ramfs"},     {0x2fc12fc1, "zfs"},          {0x00c0ffee, "hostfs"},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].type == type) {
            snprintf(name, capacity, "%s", known[i].name);
            return;
        }
    }
    snprintf(name, capacity, "0x%lx", type);
}

static int look_at_directory(const char *path, vb_disk_place *place) {
    struct statfs system;
    if (statfs(path, &system) != 0) {
        return vb_linux_disk_error(errno);
    }
    place->bytes = (uint64_t)system.f_bavail * (uint64_t)system.f_bsize;
    name_system(place->system, sizeof(place->system), (unsigned long)system.f_type);
    return 0;
}

/* Only read: looking at a device changes nothing on it, whoever has it. */
static int look_at_device(const char *path, const struct stat *status, vb_disk_place *place) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return vb_linux_disk_error(errno);
    }
    uint64_t bytes = 0;
    int sector = 0;
    if (ioctl(file, BLKGETSIZE64, &bytes) != 0) {
        off_t end = lseek(file, 0, SEEK_END); /* OSv has the size of a device where files have theirs */
        bytes = end > 0 ? (uint64_t)end : (uint64_t)status->st_size;
    }
    place->bytes = bytes;
    place->sector_bytes = ioctl(file, BLKSSZGET, &sector) == 0 && sector > 0 ? (uint32_t)sector : 0;
    close(file);
    return 0;
}

static int disk_look(const char *path, vb_disk_place *place) {
    struct stat status;
    *place = (vb_disk_place){0};
    if (stat(path, &status) != 0) {
        return vb_linux_disk_error(errno);
    }
    if (S_ISDIR(status.st_mode)) {
        return look_at_directory(path, place);
    }
    place->is_device = 1;
    return S_ISBLK(status.st_mode) ? look_at_device(path, &status, place) : VB_DISK_NO_PLACE;
}

/* All of its room at once: what lies in pieces, or is found at the first write to a block, is another disk. */
static int reserve(int file, uint64_t bytes) {
    if (fallocate(file, 0, 0, (off_t)bytes) == 0 || errno == EOPNOTSUPP || errno == ENOSYS) {
        return 0; /* a file system that cannot reserve is filled nonetheless */
    }
    return vb_linux_disk_error(errno);
}

/* The file has no name as soon as it is open: however this program ends, nothing of it stays. */
static int make_file(const char *path, uint64_t bytes, int *file) {
    char name[4096];
    if ((size_t)snprintf(name, sizeof(name), "%s%s", path, file_name) >= sizeof(name)) {
        return VB_DISK_NOT_FOUND;
    }
    signal(SIGXFSZ, SIG_IGN); /* a limit on files is an answer of a call, too */
    *file = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_DIRECT | O_CLOEXEC, 0600);
    int error = *file >= 0 ? 0 : vb_linux_disk_error(errno);
    if (error == 0 || error == VB_DISK_NO_DIRECT) {
        unlink(name); /* where O_DIRECT is refused, Linux has made the file all the same */
    }
    if (error == 0) {
        error = reserve(*file, bytes);
    }
    return error;
}

static int disk_flush(vb_disk *calls) {
    return fsync(((vb_linux_disk *)calls)->file) == 0 ? 0 : vb_linux_disk_error(errno);
}

static int disk_cannot_flush(vb_disk *calls) {
    (void)calls;
    return VB_DISK_NO_FLUSH;
}

/* O_EXCL: not one that is mounted, or that another such program has. */
static int take_device(const char *path, vb_linux_disk *disk) {
    int sector;
    disk->file = open(path, O_RDWR | O_EXCL | O_DIRECT | O_CLOEXEC);
    if (disk->file < 0) {
        return vb_linux_disk_error(errno);
    }
    /* All of Linux's block devices know their sectors. OSv's do not, and its fsync of a device returns without doing anything. */
    if (ioctl(disk->file, BLKSSZGET, &sector) != 0) {
        disk->calls.flush = disk_cannot_flush;
    }
    return 0;
}

static void disk_forget(vb_disk *calls) {
    posix_fadvise(((vb_linux_disk *)calls)->file, 0, 0, POSIX_FADV_DONTNEED);
}

static void disk_close(vb_disk *calls) {
    vb_linux_disk *disk = (vb_linux_disk *)calls;
    if (disk->end != NULL) {
        disk->end(disk);
    }
    if (disk->file >= 0) {
        close(disk->file);
    }
    free(disk);
}

static int open_queue(vb_linux_disk *disk, const vb_disk_request *request) {
    static int (*const methods[])(vb_linux_disk *, const vb_disk_request *) = {
        [VB_DISK_IO_URING] = vb_linux_uring_open,
        [VB_DISK_LIBAIO] = vb_linux_aio_open,
        [VB_DISK_PREAD] = vb_linux_pread_open,
    };
    if (request->method != VB_DISK_AUTO) {
        return methods[request->method](disk, request);
    }
    int error = VB_DISK_NO_METHOD;
    for (int method = VB_DISK_IO_URING; method <= VB_DISK_PREAD && error == VB_DISK_NO_METHOD; method++) {
        error = methods[method](disk, request);
    }
    return error;
}

static vb_disk *disk_open(const vb_disk_request *request, int *error) {
    struct stat status;
    vb_linux_disk *disk = calloc(1, sizeof(*disk));
    if (disk == NULL) {
        *error = VB_DISK_NO_MEMORY;
        return NULL;
    }
    disk->file = -1;
    disk->calls = (vb_disk){.flush = disk_flush, .forget = disk_forget, .close = disk_close};
    *error = stat(request->path, &status) != 0 ? vb_linux_disk_error(errno)
             : S_ISDIR(status.st_mode)         ? make_file(request->path, request->bytes, &disk->file)
             : S_ISBLK(status.st_mode)         ? take_device(request->path, disk)
                                               : VB_DISK_NO_PLACE;
    if (*error == 0) {
        *error = open_queue(disk, request);
    }
    if (*error != 0) {
        disk_close(&disk->calls);
        return NULL;
    }
    return &disk->calls;
}

const vb_platform_disk *vb_platform_disk_calls(const char **why) {
    static const vb_platform_disk calls = {.look = disk_look, .open = disk_open};
    *why = "";
    return &calls;
}
