/*
 * What net.* say to their server. The server listens on one port number of TCP and of UDP. Numbers are 64 bits, little-endian.
 *
 * A connection begins with one byte, its kind:
 *   'I'  in: NUMBER, then that many bytes; answered by how many bytes have arrived on this connection so far. Repeats.
 *   'O'  out: NUMBER, answered by that many bytes; 0, answered by how many bytes were sent on this connection so far. Repeats.
 *   'E'  echo: every byte that follows comes back.
 *   'D'  datagrams: answered by a session's number; NUMBER, of datagrams sent so far: answered by how many of those since the last such
 *        question have arrived, and how many ns passed from the first to the last of them. What arrives after its question counts for
 *        nothing. Repeats.
 *   'Q'  quit: and VB_NET_QUIT as NUMBER ends the server.
 *   128 and above: comes back, and that is all.
 * The client closes first; the server answers that with a reset. So neither side keeps the pair of addresses for the minutes of TIME_WAIT,
 * and connections can be made for as long as one likes, where else some 28,000 would use up all ports.
 *
 * Datagrams: one of a single byte comes back. One of at least VB_NET_DATAGRAM_LEAST bytes begins with a session's number and its own
 * (counted from 0) in the session; others are ignored.
 */
#ifndef VB_NET_WIRE_H
#define VB_NET_WIRE_H

#include <stdint.h>

enum {
    VB_NET_IN = 'I',
    VB_NET_OUT = 'O',
    VB_NET_ECHO = 'E',
    VB_NET_DATAGRAMS = 'D',
    VB_NET_STOP = 'Q',
    VB_NET_ONCE = 128,

    VB_NET_NUMBER_BYTES = 8,
    VB_NET_DATAGRAM_LEAST = 2 * VB_NET_NUMBER_BYTES,
    VB_NET_BLOCK_BYTES = 131072, /* of net.tcp-stream; both sides send and receive in these, as iperf3 does */
};

#define VB_NET_QUIT 0x74697571206f6776u /* "vgo quit" */

static inline void vb_net_put(uint8_t bytes[VB_NET_NUMBER_BYTES], uint64_t number) {
    for (int i = 0; i < VB_NET_NUMBER_BYTES; i++) {
        bytes[i] = (uint8_t)(number >> 8 * i);
    }
}

static inline uint64_t vb_net_get(const uint8_t bytes[VB_NET_NUMBER_BYTES]) {
    uint64_t number = 0;
    for (int i = 0; i < VB_NET_NUMBER_BYTES; i++) {
        number |= (uint64_t)bytes[i] << 8 * i;
    }
    return number;
}

#endif
