/*
 * Sockets, as the net.* probes and their server need them: BSD sockets on Linux, OSv and Rumprun, lwIP on the reference unikernel. IPv4
 * only. The guest's own address and its link are made before main, by whoever starts the guest.
 */
#ifndef VB_PLATFORM_NET_H
#define VB_PLATFORM_NET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum vb_net_kind { VB_NET_TCP, VB_NET_UDP } vb_net_kind;

/* Both in the processor's byte order. */
typedef struct vb_net_address {
    uint32_t host;
    uint16_t port;
} vb_net_address;

/* What calls return instead of a socket or a count; all are negative. */
enum {
    VB_NET_AGAIN = -1,       /* nothing now, of a call that must not wait */
    VB_NET_TIMEOUT = -2,     /* nobody answered in time, or nothing moved */
    VB_NET_REFUSED = -3,     /* nobody listens there */
    VB_NET_UNREACHABLE = -4, /* no way there: no link, no address, no route */
    VB_NET_CLOSED = -5,      /* the other side ended the connection */
    VB_NET_IN_USE = -6,      /* the port is taken */
    VB_NET_FAILED = -7,      /* anything else */
};

/* WAIT_ALL, of TCP's receive: until `length` bytes are there, fewer only where the rest does not come. */
enum { VB_NET_DONT_WAIT = 1, VB_NET_WAIT_ALL = 2 };

enum { VB_NET_WAIT_MAX = 64 /* sockets of one wait */ };

/* One socket of a wait. */
typedef struct vb_net_wait {
    int socket;
    uint8_t to_read, to_write;  /* what is waited for */
    uint8_t readable, writable; /* what is so: filled in */
} vb_net_wait;

typedef struct vb_platform_net {
    /* A connected socket; TCP without Nagle's delay. Waits up to timeout_ns, which is then the socket's timeout. A connected UDP socket
       takes datagrams of that address only, and no word of whether anybody is there. */
    int (*connect)(vb_net_kind kind, vb_net_address to, int64_t timeout_ns);
    /* A socket that waits for connections (TCP) or datagrams (UDP) on a port of every address of the guest. */
    int (*listen)(vb_net_kind kind, uint16_t port);
    /* The next connection of a listening TCP socket, without Nagle's delay; VB_NET_AGAIN when there is none. */
    int (*accept)(int listener);
    /* Bytes sent or received: at least one, unless an error; a TCP send may take fewer than all. Waits up to the socket's timeout without
       VB_NET_DONT_WAIT. 0: the other side has sent all (TCP). A UDP send that finds no room in a queue says VB_NET_AGAIN, flags or not. */
    long (*send)(int socket, const void *bytes, size_t length, unsigned flags);
    long (*receive)(int socket, void *bytes, size_t length, unsigned flags);
    /* One datagram of a listening UDP socket, waiting as receive does; and its answer, which never waits. */
    long (*receive_from)(int socket, void *bytes, size_t length, vb_net_address *from, unsigned flags);
    long (*send_to)(int socket, const void *bytes, size_t length, vb_net_address to);
    /* How long send and receive wait without anything moving, at least 1 us. */
    void (*set_timeout)(int socket, int64_t timeout_ns);
    /* Waits until one of the sockets is as wanted; their number, 0 when none was within timeout_ns (which may be longer by the system's
       clock tick). No socket at all: a sleep. An error or an end makes a socket readable. */
    int (*wait)(vb_net_wait *sockets, int count, int64_t timeout_ns);
    /* In order: what was sent still arrives, then the other side reads the end. Does not wait for it. */
    void (*close)(int socket);
    /* At once: whatever is under way is dropped, and neither side keeps the pair of addresses (no TIME_WAIT). TCP only. */
    void (*reset)(int socket);
} vb_platform_net;

/* NULL where this system has no sockets; `why` is then a sentence. */
const vb_platform_net *vb_platform_net_calls(const char **why);

#ifdef __cplusplus
}
#endif
#endif
