/*
 * Direct block I/O, as the disk.* probes need it: past every cache of the system that the guest program runs on. Linux, OSv and Rumprun
 * have it, the reference unikernel has no disk.
 */
#ifndef VB_PLATFORM_DISK_H
#define VB_PLATFORM_DISK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How transfers reach the system. AUTO: the first of the others that works. */
typedef enum vb_disk_method { VB_DISK_AUTO, VB_DISK_IO_URING, VB_DISK_LIBAIO, VB_DISK_PREAD } vb_disk_method;

/* What calls return instead of a count; all are negative. */
enum {
    VB_DISK_NOT_FOUND = -1,      /* there is no such directory or device */
    VB_DISK_NO_PLACE = -2,       /* it is neither a directory nor a block device */
    VB_DISK_DENIED = -3,         /* this program may not write there */
    VB_DISK_READ_ONLY = -4,      /* nobody may */
    VB_DISK_IN_USE = -5,         /* the device is mounted or another program's; the directory has a test file already */
    VB_DISK_NO_DIRECT = -6,      /* no direct I/O there, or none of this size */
    VB_DISK_FULL = -7,           /* no room, or none left for this user */
    VB_DISK_TOO_LARGE = -8,      /* this program may make no file of that size */
    VB_DISK_NO_METHOD = -9,      /* the system refuses this method */
    VB_DISK_ONE_AT_A_TIME = -10, /* the method keeps no more than one transfer in flight */
    VB_DISK_IO_ERROR = -11,      /* the medium, or whoever plays it, failed */
    VB_DISK_TIMEOUT = -12,       /* nothing ended for seconds */
    VB_DISK_NO_MEMORY = -13,
    VB_DISK_NO_FLUSH = -14, /* the system has no way to tell the device to keep what it took */
    VB_DISK_OTHER = -1000,  /* minus the system's own number of the error */
};

/* Where a disk may be made. */
typedef struct vb_disk_place {
    int is_device;
    uint64_t bytes;        /* of a device: its size; of a directory: free for this user */
    uint32_t sector_bytes; /* of a device; 0: unknown */
    char system[32];       /* of a directory: its file system, a word */
} vb_disk_place;

typedef struct vb_disk_request {
    const char *path; /* a directory, which gets a test file of ours that goes when it is closed, or a block device */
    uint64_t bytes;   /* of the test file; what is used of the device */
    uint32_t depth;   /* the most transfers at a time */
    vb_disk_method method;
    void *memory; /* page-aligned, what transfers move to and from; stays until the disk is closed */
    size_t memory_bytes;
} vb_disk_request;

/* One direct transfer, all of it aligned to sectors. */
typedef struct vb_disk_transfer {
    uint64_t offset;
    uint8_t *bytes; /* in the request's memory */
    uint32_t length;
    uint32_t slot; /* below depth; of no other transfer in flight */
    int is_write;
} vb_disk_transfer;

/* How a transfer ended. */
typedef struct vb_disk_done {
    uint32_t slot;
    int64_t result; /* bytes moved, fewer than asked for at the end of a device; or negative */
} vb_disk_done;

/* An open disk and its calls. */
typedef struct vb_disk {
    const char *method; /* that it uses, a word */
    /* Begins a transfer, at the latest at the next wait. 0 or negative. */
    int (*start)(struct vb_disk *disk, const vb_disk_transfer *transfer);
    /* Waits until at least one has ended; how many, at most `most`, or negative. At least one must have been started. */
    int (*wait)(struct vb_disk *disk, vb_disk_done *done, int most);
    /* What was written is on the medium. 0 or negative. */
    int (*flush)(struct vb_disk *disk);
    /* Nothing of it is in the system's cache any more, as far as the system can be told. */
    void (*forget)(struct vb_disk *disk);
    /* Ends what is in flight, frees all, and removes the test file. */
    void (*close)(struct vb_disk *disk);
} vb_disk;

typedef struct vb_platform_disk {
    /* 0, or negative. */
    int (*look)(const char *path, vb_disk_place *place);
    /* NULL, with *error negative, when it cannot be had. A device is taken only when nobody else has it. */
    vb_disk *(*open)(const vb_disk_request *request, int *error);
} vb_platform_disk;

/* NULL where this system has no disk; `why` is then a sentence. */
const vb_platform_disk *vb_platform_disk_calls(const char **why);

#ifdef __cplusplus
}
#endif
#endif
