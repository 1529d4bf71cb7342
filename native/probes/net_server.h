/*
 * The server that net.* talk to (net_wire.h): one thread, no process of its own, so that it runs wherever the probes do. Clients are not
 * trusted: so many connections and no more, no memory for any of them but its slot, and who is silent too long is let go.
 */
#ifndef VB_NET_SERVER_H
#define VB_NET_SERVER_H

#include "net_arrivals.h"
#include "net_wire.h"
#include "vb_platform_net.h"

enum { VB_SERVER_CONNECTIONS_MAX = 32 };

typedef struct vb_server_connection {
    int socket;
    uint8_t kind;        /* 0: its first byte has not come */
    uint8_t is_finished; /* nothing but its end is waited for */
    uint8_t number[VB_NET_NUMBER_BYTES];
    uint8_t answer[2 * VB_NET_NUMBER_BYTES]; /* its end, when it is one number */
    int number_length;                       /* bytes of a number that have come */
    int answer_left;                         /* bytes of the answer that are still to go */
    uint64_t left;                           /* bytes that are still to come, or to go */
    uint64_t total;                          /* bytes that came, or went */
    uint64_t session;                        /* datagrams: its number */
    uint64_t moved_ns;                       /* when it was last attended to */
    vb_arrivals arrivals;                    /* datagrams */
} vb_server_connection;

typedef struct vb_server {
    const vb_platform_net *net;
    int listener, datagrams; /* sockets */
    int is_told_to_end;
    int count;
    vb_server_connection *connections[VB_SERVER_CONNECTIONS_MAX]; /* the first `count`; then those that are free */
    vb_server_connection slots[VB_SERVER_CONNECTIONS_MAX];
    uint64_t random; /* what session numbers are drawn from */
    uint8_t block[VB_NET_BLOCK_BYTES];
} vb_server;

/* Listens; `server` is zeroed memory. 0, or what the platform says is wrong. */
int vb_server_open(vb_server *server, const vb_platform_net *net, uint16_t port);

/* Waits for whoever wants something, up to timeout_ns, and attends to all of them. 0; or what is wrong with the network. */
int vb_server_turn(vb_server *server, int64_t timeout_ns);

void vb_server_close(vb_server *server);

#endif
