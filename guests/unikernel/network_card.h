/* A network card: frames of Ethernet out and in, polled. */
#ifndef UK_NETWORK_CARD_H
#define UK_NETWORK_CARD_H

#include "virtio.h"

enum {
    UK_BUFFER = 4096,          /* what a received frame stands in is one or more of these, aligned; */
    UK_BUFFER_OWN = 128,       /* their last bytes are whoever's who holds it */
    UK_RECEIVED_MAX = 18,      /* buffers of one frame of 64 KiB */
    UK_SENT_PIECES_MAX = 64,   /* of one frame */
    UK_CARD_BYTES = 64 * 1024, /* memory for the card itself */
};

typedef struct uk_card {
    uint8_t address[6];
    uint8_t completes_checksums; /* of TCP and UDP: the checksum field then holds the sum of the pseudo header */
    uint8_t cuts_segments;       /* of TCP, larger than fit on the wire */
} uk_card;

extern uk_card uk_card_found;

/* What the card has to do to a frame; all zeros: nothing. Offsets from the frame's start. */
typedef struct uk_offload {
    uint16_t checksum_start, checksum_offset; /* the checksummed part; its checksum field, from there */
    uint16_t headers, segment;                /* bytes of headers, and of payload in a segment on the wire; 0: not to be cut */
} uk_offload;

typedef struct uk_received {
    struct {
        uint8_t *bytes;
        uint32_t length;
    } pieces[UK_RECEIVED_MAX];
    int count;
    int is_checked; /* the checksums of TCP and UDP are right, or nobody could have damaged what they protect */
} uk_received;

/* NULL, or why there is no card. `memory`: UK_CARD_BYTES, aligned to a page. */
const char *uk_card_start(void *memory);
int uk_card_has_link(void);

/* Adds a buffer to those that frames are received into; one that was received comes back the same way. */
void uk_card_give(uint8_t *buffer);
/* Whether a frame has come. */
int uk_card_receive(uk_received *frame);

/* Sends a frame, whose pieces are the card's until uk_card_sent returns the owner; 0 when there is no room. */
int uk_card_send(const uk_piece *pieces, int count, uk_offload offload, void *owner);
/* The owner of a frame that has been sent; NULL when there is none. */
void *uk_card_sent(void);
int uk_card_has_room(void);
/* To be called after some sending and giving: the card learns of it now. */
void uk_card_tell(void);

#endif
