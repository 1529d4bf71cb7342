/* Sockets over lwIP's raw calls: what TCP's, UDP's and the table of them share. Everything happens within a call of somebody's: each polls.
 */
#ifndef VB_UNIKERNEL_NET_H
#define VB_UNIKERNEL_NET_H

#include "interface.h"
#include "lwip/tcp.h"
#include "lwip/udp.h"
#include "vb_platform_net.h"

typedef enum uk_socket_kind { UK_SOCKET_FREE, UK_SOCKET_TCP, UK_SOCKET_LISTENER, UK_SOCKET_UDP } uk_socket_kind;

typedef struct uk_socket {
    uk_socket_kind kind;
    struct tcp_pcb *tcp; /* NULL as soon as lwIP has given it up */
    struct udp_pcb *udp;
    int error; /* what ended the connection; 0 */
    uint8_t is_connected, has_ended /* the other side has sent all */;
    int64_t timeout_ns;
    struct pbuf *first, *last;       /* received; see uk_packet */
    int queued;                      /* datagrams among them */
    struct uk_socket *waiting_first; /* a listener's connections that nobody has taken yet, */
    struct uk_socket *waiting_next;  /* each with the next */
} uk_socket;

/* ---- unikernel_net.c ---- */

/* NULL: there are too many. */
uk_socket *uk_socket_new(uk_socket_kind kind);
/* Drops what was received, and makes room for another. */
void uk_socket_free(uk_socket *socket);
/* Puts what was received behind the rest. */
void uk_socket_keep(uk_socket *socket, struct pbuf *received);
/* Takes the first `bytes` of the first piece away. */
void uk_socket_consume(uk_socket *socket, size_t bytes);
/* Polls until `is_so` says so: 0, or VB_NET_TIMEOUT. */
int uk_socket_await(const uk_socket *socket, int (*is_so)(const uk_socket *socket), int64_t timeout_ns);
int uk_socket_is_readable(const uk_socket *socket);
int uk_socket_is_writable(const uk_socket *socket);
int uk_socket_error_of(err_t error);

/* ---- unikernel_tcp.c, unikernel_udp.c: as in vb_platform_net ---- */

int uk_tcp_connect(uk_socket *socket, vb_net_address to, int64_t timeout_ns);
int uk_tcp_listen(uk_socket *socket, uint16_t port);
long uk_tcp_send(uk_socket *socket, const uint8_t *bytes, size_t length, unsigned flags);
long uk_tcp_receive(uk_socket *socket, uint8_t *bytes, size_t length, unsigned flags);
/* In order, or at once. */
void uk_tcp_end(uk_socket *socket, int at_once);

int uk_udp_open(uk_socket *socket, uint16_t port);
int uk_udp_connect(uk_socket *socket, vb_net_address to);
/* `to`: NULL when connected. */
long uk_udp_send(uk_socket *socket, const void *bytes, size_t length, const vb_net_address *to);
/* `from` may be NULL. */
long uk_udp_receive(uk_socket *socket, void *bytes, size_t length, vb_net_address *from, unsigned flags);
void uk_udp_end(uk_socket *socket);

#endif
