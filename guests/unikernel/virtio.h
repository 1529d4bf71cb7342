/*
 * Virtual I/O Device (VIRTIO) Version 1.1, OASIS: a device on PCI (4.1) and its split queues (2.6), polled. The device reads and writes
 * physical memory: what it is given must stand where physical and virtual addresses are the same, as blocks and the kernel's image do.
 */
#ifndef UK_VIRTIO_H
#define UK_VIRTIO_H

#include <stddef.h>
#include <stdint.h>

enum { UK_VIRTIO_NET = 1 /* the kind of device */ };

typedef struct uk_virtio {
    volatile uint8_t *common, *bells, *device; /* their registers; see virtio_pci.c */
    uint32_t bell_step;
    uint64_t features; /* as agreed */
} uk_virtio;

/* A part of memory that a device reads or writes. */
typedef struct uk_piece {
    const void *bytes;
    uint32_t length;
} uk_piece;

enum { UK_QUEUE_MAX = 256, UK_QUEUE_BYTES = 8192 /* of memory for its rings */ };

typedef struct uk_queue {
    struct uk_descriptor *descriptors;
    struct uk_available *available;
    volatile struct uk_used *used;
    volatile uint16_t *bell;
    uint16_t number, size;
    uint16_t free_head, free_count;
    uint16_t offered, told, seen; /* counts of what we offered, what the device was told of, and what we took back; they wrap */
    void *owners[UK_QUEUE_MAX];
} uk_queue;

/* ---- virtio_pci.c: each NULL, or why not ---- */

/* Finds the first device of a kind and resets it. */
const char *uk_virtio_open(uk_virtio *device, uint16_t kind);
/* Agrees on those of the wanted features that the device has. */
const char *uk_virtio_agree(uk_virtio *device, uint64_t wanted);
/* Gives queue `number` its memory: UK_QUEUE_BYTES, aligned to a page. */
const char *uk_virtio_start_queue(uk_virtio *device, uint16_t number, uk_queue *queue, void *memory);
void uk_virtio_start(uk_virtio *device);

/* ---- virtio_queue.c ---- */

void uk_queue_start(uk_queue *queue, uint16_t number, uint16_t size, void *memory, volatile uint16_t *bell);
/* Offers pieces to the device, which are the owner's until they are taken back; 0 when there is no room. The device hears of it from
   uk_queue_tell. */
int uk_queue_offer(uk_queue *queue, const uk_piece *pieces, int count, int device_writes, void *owner);
void uk_queue_tell(uk_queue *queue);
/* Takes back what the device is done with: its owner, NULL when there is nothing; and how many bytes the device wrote. */
void *uk_queue_take(uk_queue *queue, uint32_t *written);

#endif
