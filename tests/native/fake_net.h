/*
 * A network in memory between the probes and the real server, both in this one thread: whenever a client's call would wait, the server gets
 * a turn; when that does not help, the scripted clock (fake_platform.h) moves on by the timeout. What a network can do wrong is scripted
 * too.
 */
#ifndef FAKE_NET_H
#define FAKE_NET_H

#include "net_server.h"

typedef struct fake_net_faults {
    int connect_error;    /* what connect returns; 0: it works */
    int lose_every;       /* each so many-th datagram to the server is lost; 0: none */
    int doubles;          /* every datagram to the server arrives twice */
    size_t send_most;     /* bytes that one send of TCP takes; 0: as many as there is room for */
    uint8_t flip;         /* changed in what reaches the client */
    int64_t silent_after; /* bytes that reach the client, and then no more; negative: no end */
    int64_t cut_after;    /* bytes that the client may send, then the connection is gone; negative: no end */
    int64_t stall_at;     /* the client's receive before which stall_ns pass, counted from 0; negative: none */
    uint64_t stall_ns;
    uint64_t latency_ns; /* that each receive of a client takes */
} fake_net_faults;

extern fake_net_faults fake_faults;
extern int64_t fake_receives; /* that clients made */

/* A network without faults, and the server on it at port 5001; its table becomes fake_platform's. */
void fake_net_reset(void);
/* Ends the server. Returns how many sockets of clients were left open. */
int fake_net_end(void);

/* The server that runs on it. */
vb_server *fake_net_server(void);

#endif
