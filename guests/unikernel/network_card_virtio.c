/* VIRTIO 1.1, 5.1: virtio-net with one queue each way. */
#include "kernel.h"
#include "network_card.h"

enum {
    HAS_CHECKSUM = 0,
    TAKES_NO_CHECKSUM = 1,
    HAS_ADDRESS = 5,
    TAKES_LARGE_TCP = 7,
    CUTS_TCP = 11,
    MERGES_BUFFERS = 15,
    HAS_STATUS = 16,
};
enum { NEEDS_CHECKSUM = 1, CHECKSUM_IS_VALID = 2, CUT_NOTHING = 0, CUT_TCP = 1 };
enum { RECEIVE = 0, SEND = 1 };

typedef struct frame_header {
    uint8_t flags, cut;
    uint16_t headers, segment, checksum_start, checksum_offset, buffers;
} frame_header;

uk_card uk_card_found;

static uk_virtio device;
static uk_queue receiving, sending;
static frame_header *headers;  /* one for each descriptor of `sending` */
static uint8_t *spare_buffers; /* beyond what the queue holds; each begins with the address of the next */

static int agreed(int feature) {
    return (device.features >> feature & 1) != 0;
}

static uint64_t wanted_features(void) {
    const uint64_t one = 1;
    return one << HAS_CHECKSUM | one << TAKES_NO_CHECKSUM | one << HAS_ADDRESS | one << TAKES_LARGE_TCP | one << CUTS_TCP |
           one << MERGES_BUFFERS | one << HAS_STATUS;
}

int uk_card_has_link(void) {
    return !agreed(HAS_STATUS) || (device.device[6] & 1) != 0;
}

const char *uk_card_start(void *memory) {
    uint8_t *at = memory;
    headers = (frame_header *)(at + 2 * UK_QUEUE_BYTES);
    const char *why = uk_virtio_open(&device, UK_VIRTIO_NET);
    why = why == NULL ? uk_virtio_agree(&device, wanted_features()) : why;
    if (why == NULL && (!agreed(HAS_ADDRESS) || !agreed(MERGES_BUFFERS))) {
        why = "its virtio-net device has no address, or cannot merge receive buffers (mac, mrg_rxbuf)";
    }
    why = why == NULL ? uk_virtio_start_queue(&device, RECEIVE, &receiving, at) : why;
    why = why == NULL ? uk_virtio_start_queue(&device, SEND, &sending, at + UK_QUEUE_BYTES) : why;
    if (why != NULL) {
        return why;
    }
    for (size_t i = 0; i < sizeof(uk_card_found.address); i++) {
        uk_card_found.address[i] = device.device[i];
    }
    uk_card_found.completes_checksums = (uint8_t)agreed(HAS_CHECKSUM);
    uk_card_found.cuts_segments = (uint8_t)agreed(CUTS_TCP);
    uk_virtio_start(&device);
    return NULL;
}

void uk_card_give(uint8_t *buffer) {
    uk_piece piece = {buffer, UK_BUFFER - UK_BUFFER_OWN};
    if (!uk_queue_offer(&receiving, &piece, 1, 1, buffer)) {
        *(uint8_t **)buffer = spare_buffers;
        spare_buffers = buffer;
    }
}

static void offer_spare(void) {
    if (spare_buffers != NULL && receiving.free_count != 0) {
        uint8_t *buffer = spare_buffers;
        spare_buffers = *(uint8_t **)buffer;
        uk_card_give(buffer);
    }
}

/* The buffers of a frame come one after the other, and all at once. */
static uint8_t *take_buffer(uk_received *frame, uint32_t skipped) {
    uint32_t written;
    uint8_t *buffer = uk_queue_take(&receiving, &written);
    if (buffer != NULL) {
        if (written < skipped || written > UK_BUFFER - UK_BUFFER_OWN || frame->count == UK_RECEIVED_MAX) {
            uk_fault("a virtio-net device says that it wrote what it cannot have written");
        }
        frame->pieces[frame->count].bytes = buffer + skipped;
        frame->pieces[frame->count++].length = written - skipped;
        offer_spare();
    }
    return buffer;
}

int uk_card_receive(uk_received *frame) {
    frame->count = 0;
    const frame_header *header = (const frame_header *)take_buffer(frame, sizeof(frame_header));
    if (header == NULL) {
        return 0;
    }
    frame->is_checked = (header->flags & (NEEDS_CHECKSUM | CHECKSUM_IS_VALID)) != 0;
    for (int more = header->buffers - 1; more > 0; more--) {
        if (take_buffer(frame, 0) == NULL) {
            uk_fault("a virtio-net device hands over half a frame");
        }
    }
    return 1;
}

int uk_card_send(const uk_piece *pieces, int count, uk_offload offload, void *owner) {
    if (count > UK_SENT_PIECES_MAX || count + 1 > sending.free_count) {
        return 0;
    }
    frame_header *header = &headers[sending.free_head];
    *header = (frame_header){
        .flags = offload.checksum_start != 0 ? NEEDS_CHECKSUM : 0,
        .cut = offload.segment != 0 ? CUT_TCP : CUT_NOTHING,
        .headers = offload.headers,
        .segment = offload.segment,
        .checksum_start = offload.checksum_start,
        .checksum_offset = offload.checksum_offset,
    };
    uk_piece all[UK_SENT_PIECES_MAX + 1] = {{header, sizeof(*header)}};
    for (int i = 0; i < count; i++) {
        all[i + 1] = pieces[i];
    }
    return uk_queue_offer(&sending, all, count + 1, 0, owner);
}

void *uk_card_sent(void) {
    uint32_t written;
    return uk_queue_take(&sending, &written);
}

int uk_card_has_room(void) {
    return sending.free_count >= 4; /* a frame that is one piece, and an answer to somebody in between */
}

void uk_card_tell(void) {
    uk_queue_tell(&sending);
    uk_queue_tell(&receiving);
}
