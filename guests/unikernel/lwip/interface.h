/* The card as a network interface of lwIP. */
#ifndef UK_LWIP_INTERFACE_H
#define UK_LWIP_INTERFACE_H

#include "lwip/pbuf.h"
#include "network_card.h"

/* Stands in the last bytes of each receive buffer. */
typedef struct uk_packet {
    struct pbuf_custom pbuf;
    struct pbuf *behind; /* the next of a socket's queue, of which this is the first piece */
    uint32_t host;       /* a datagram's sender */
    uint16_t port;
} uk_packet;

/* Of a pbuf that was received. */
uk_packet *uk_packet_of(struct pbuf *pbuf);

/* Starts the card with the command line's address. NULL, or why there is no network; one line. */
const char *uk_interface_start(void);
/* Takes what has come, does what is due, and tells the card of what there is to send. */
void uk_interface_poll(void);

#endif
