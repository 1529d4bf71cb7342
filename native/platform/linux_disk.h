/* The ways in which transfers reach Linux. */
#ifndef VB_LINUX_DISK_H
#define VB_LINUX_DISK_H

#include "vb_platform_disk.h"

/* Nothing that is in flight may take longer to say anything. */
enum { VB_LINUX_DISK_SILENCE_S = 5 };

typedef struct vb_linux_disk {
    vb_disk calls; /* first: a vb_disk is its vb_linux_disk */
    int file;
    int is_lost;                             /* something in flight does not end: nobody may wait for it */
    void *queue;                             /* the method's own */
    void (*end)(struct vb_linux_disk *disk); /* frees it */
} vb_linux_disk;

/* Each sets calls.method, start, wait, queue and end. 0, or negative: VB_DISK_NO_METHOD when the system has no such calls. */
int vb_linux_uring_open(vb_linux_disk *disk, const vb_disk_request *request);
int vb_linux_aio_open(vb_linux_disk *disk, const vb_disk_request *request);
int vb_linux_pread_open(vb_linux_disk *disk, const vb_disk_request *request);

/* The contract's number for an errno. */
int vb_linux_disk_error(int error);

#endif
