#include "kernel.h"
#include "processor.h"
#include "virtio.h"

struct uk_descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

struct uk_available {
    uint16_t flags, index, ring[UK_QUEUE_MAX];
};

struct uk_used {
    uint16_t flags, index;
    struct {
        uint32_t head, written;
    } ring[UK_QUEUE_MAX];
};

enum { NEXT = 1, DEVICE_WRITES = 2, NO_INTERRUPT = 1, NO_BELL = 1 };

/* Between what we write and what tells the device to read it, and the other way round. */
static void order(void) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void uk_queue_start(uk_queue *queue, uint16_t number, uint16_t size, void *memory, volatile uint16_t *bell) {
    uint8_t *at = memory;
    uk_processor_zero(memory, UK_QUEUE_BYTES);
    *queue = (uk_queue){
        .descriptors = (struct uk_descriptor *)at,
        .available = (struct uk_available *)(at + sizeof(struct uk_descriptor) * UK_QUEUE_MAX),
        .used = (volatile struct uk_used *)(at + sizeof(struct uk_descriptor) * UK_QUEUE_MAX + 1024),
        .bell = bell,
        .number = number,
        .size = size,
        .free_count = size,
    };
    queue->available->flags = NO_INTERRUPT;
    for (uint16_t i = 0; i < size; i++) {
        queue->descriptors[i].next = (uint16_t)(i + 1);
    }
}

int uk_queue_offer(uk_queue *queue, const uk_piece *pieces, int count, int device_writes, void *owner) {
    if (count > queue->free_count) {
        return 0;
    }
    uint16_t head = queue->free_head, at = head;
    for (int i = 0; i < count; i++) {
        struct uk_descriptor *descriptor = &queue->descriptors[at];
        descriptor->address = (uintptr_t)pieces[i].bytes;
        descriptor->length = pieces[i].length;
        descriptor->flags = (uint16_t)((device_writes ? DEVICE_WRITES : 0) | (i + 1 < count ? NEXT : 0));
        at = descriptor->next;
    }
    queue->free_head = at;
    queue->free_count = (uint16_t)(queue->free_count - count);
    queue->owners[head] = owner;
    queue->available->ring[queue->offered++ & (queue->size - 1)] = head;
    return 1;
}

void uk_queue_tell(uk_queue *queue) {
    if (queue->told == queue->offered) {
        return;
    }
    order();
    *(volatile uint16_t *)&queue->available->index = queue->told = queue->offered;
    order();
    if ((queue->used->flags & NO_BELL) == 0) {
        *queue->bell = queue->number;
    }
}

/* What the device says of its ring is not trusted further than its queue. */
static void give_back(uk_queue *queue, uint16_t head) {
    uint16_t last = head, count = 1;
    while ((queue->descriptors[last].flags & NEXT) != 0) {
        last = queue->descriptors[last].next;
        count++;
    }
    queue->descriptors[last].next = queue->free_head;
    queue->free_head = head;
    queue->free_count = (uint16_t)(queue->free_count + count);
}

void *uk_queue_take(uk_queue *queue, uint32_t *written) {
    if (queue->used->index == queue->seen) {
        return NULL;
    }
    order();
    uint16_t slot = queue->seen++ & (queue->size - 1);
    uint32_t head = queue->used->ring[slot].head;
    *written = queue->used->ring[slot].written;
    if (head >= queue->size || queue->owners[head] == NULL) {
        uk_fault("a virtio device gives back what it was not given");
    }
    void *owner = queue->owners[head];
    queue->owners[head] = NULL;
    give_back(queue, (uint16_t)head);
    return owner;
}
