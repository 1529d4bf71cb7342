#include "unikernel_net.h"
#include "kernel.h"
#include "processor.h"

enum { SOCKETS = 96 };
static const int64_t timeout_default_ns = 10000000000;

static uk_socket sockets[SOCKETS];

static int number_of(const uk_socket *socket) {
    return (int)(socket - sockets);
}

uk_socket *uk_socket_new(uk_socket_kind kind) {
    for (int i = 0; i < SOCKETS; i++) {
        if (sockets[i].kind == UK_SOCKET_FREE) {
            sockets[i] = (uk_socket){.kind = kind, .timeout_ns = timeout_default_ns};
            return &sockets[i];
        }
    }
    return NULL;
}

void uk_socket_free(uk_socket *socket) {
    while (socket->first != NULL) {
        struct pbuf *next = uk_packet_of(socket->first)->behind;
        pbuf_free(socket->first);
        socket->first = next;
    }
    socket->kind = UK_SOCKET_FREE;
}

void uk_socket_keep(uk_socket *socket, struct pbuf *received) {
    uk_packet_of(received)->behind = NULL;
    if (socket->first == NULL) {
        socket->first = received;
    } else {
        uk_packet_of(socket->last)->behind = received;
    }
    socket->last = received;
}

void uk_socket_consume(uk_socket *socket, size_t bytes) {
    struct pbuf *piece = socket->first, *behind = uk_packet_of(piece)->behind;
    if (bytes < piece->len) {
        pbuf_remove_header(piece, bytes);
        return;
    }
    struct pbuf *next = piece->next;
    if (next != NULL) {
        uk_packet_of(next)->behind = behind;
        socket->last = socket->last == piece ? next : socket->last;
    }
    socket->first = next != NULL ? next : behind;
    piece->next = NULL;
    pbuf_free(piece);
}

int uk_socket_await(const uk_socket *socket, int (*is_so)(const uk_socket *socket), int64_t timeout_ns) {
    uint64_t begin = 0;
    for (;;) {
        uk_interface_poll();
        if (is_so(socket)) {
            return 0;
        }
        uint64_t now = uk_clock_ns();
        begin = begin == 0 ? now : begin;
        if ((int64_t)(now - begin) >= timeout_ns) {
            return VB_NET_TIMEOUT;
        }
        uk_processor_relax();
    }
}

int uk_socket_is_readable(const uk_socket *socket) {
    return socket->first != NULL || socket->has_ended || socket->error != 0 || socket->waiting_first != NULL;
}

int uk_socket_is_writable(const uk_socket *socket) {
    if (socket->kind == UK_SOCKET_UDP) {
        return uk_card_has_room();
    }
    return socket->is_connected && socket->tcp != NULL && tcp_sndbuf(socket->tcp) >= TCP_SNDLOWAT &&
           tcp_sndqueuelen(socket->tcp) < TCP_SNDQUEUELOWAT;
}

int uk_socket_error_of(err_t error) {
    switch (error) {
    case ERR_OK:
        return 0;
    case ERR_MEM:
    case ERR_BUF:
    case ERR_WOULDBLOCK:
        return VB_NET_AGAIN;
    case ERR_RTE:
        return VB_NET_UNREACHABLE;
    case ERR_USE:
        return VB_NET_IN_USE;
    case ERR_RST:
    case ERR_CLSD:
    case ERR_CONN:
        return VB_NET_CLOSED;
    case ERR_ABRT: /* lwIP's word for giving up after all its attempts */
    case ERR_TIMEOUT:
        return VB_NET_TIMEOUT;
    default:
        return VB_NET_FAILED;
    }
}

/* ---- the calls ---- */

/* Ends a socket whose making failed; else its number. */
static int made(uk_socket *socket, int error) {
    if (error == 0) {
        return number_of(socket);
    }
    if (socket->kind == UK_SOCKET_UDP) {
        uk_udp_end(socket);
    } else {
        uk_tcp_end(socket, 1);
    }
    uk_socket_free(socket);
    return error;
}

static int net_connect(vb_net_kind kind, vb_net_address to, int64_t timeout_ns) {
    uk_socket *socket = uk_socket_new(kind == VB_NET_TCP ? UK_SOCKET_TCP : UK_SOCKET_UDP);
    if (socket == NULL) {
        return VB_NET_FAILED;
    }
    socket->timeout_ns = timeout_ns;
    return made(socket, kind == VB_NET_TCP ? uk_tcp_connect(socket, to, timeout_ns) : uk_udp_connect(socket, to));
}

static int net_listen(vb_net_kind kind, uint16_t port) {
    uk_socket *socket = uk_socket_new(kind == VB_NET_TCP ? UK_SOCKET_LISTENER : UK_SOCKET_UDP);
    if (socket == NULL) {
        return VB_NET_FAILED;
    }
    return made(socket, kind == VB_NET_TCP ? uk_tcp_listen(socket, port) : uk_udp_open(socket, port));
}

static int net_accept(int listener) {
    uk_socket *accepted = sockets[listener].waiting_first;
    if (accepted == NULL) {
        uk_interface_poll();
        accepted = sockets[listener].waiting_first;
    }
    if (accepted == NULL) {
        return VB_NET_AGAIN;
    }
    sockets[listener].waiting_first = accepted->waiting_next;
    accepted->waiting_next = NULL;
    return number_of(accepted);
}

static long net_send(int socket, const void *bytes, size_t length, unsigned flags) {
    return sockets[socket].kind == UK_SOCKET_UDP ? uk_udp_send(&sockets[socket], bytes, length, NULL)
                                                 : uk_tcp_send(&sockets[socket], bytes, length, flags);
}

static long net_receive(int socket, void *bytes, size_t length, unsigned flags) {
    return sockets[socket].kind == UK_SOCKET_UDP ? uk_udp_receive(&sockets[socket], bytes, length, NULL, flags)
                                                 : uk_tcp_receive(&sockets[socket], bytes, length, flags);
}

static long net_receive_from(int socket, void *bytes, size_t length, vb_net_address *from, unsigned flags) {
    return uk_udp_receive(&sockets[socket], bytes, length, from, flags);
}

static long net_send_to(int socket, const void *bytes, size_t length, vb_net_address to) {
    return uk_udp_send(&sockets[socket], bytes, length, &to);
}

static void net_set_timeout(int socket, int64_t timeout_ns) {
    sockets[socket].timeout_ns = timeout_ns;
}

static int look(vb_net_wait *waits, int count) {
    int ready = 0;
    for (int i = 0; i < count; i++) {
        const uk_socket *socket = &sockets[waits[i].socket];
        waits[i].readable = (uint8_t)((waits[i].to_read && uk_socket_is_readable(socket)) || socket->error != 0);
        waits[i].writable = (uint8_t)(waits[i].to_write && uk_socket_is_writable(socket));
        ready += waits[i].readable || waits[i].writable;
    }
    return ready;
}

static int net_wait(vb_net_wait *waits, int count, int64_t timeout_ns) {
    for (uint64_t begin = uk_clock_ns();;) {
        uk_interface_poll();
        int ready = look(waits, count);
        if (ready != 0 || (int64_t)(uk_clock_ns() - begin) >= timeout_ns) {
            return ready;
        }
        uk_processor_relax();
    }
}

static void end(int socket, int at_once) {
    if (sockets[socket].kind == UK_SOCKET_UDP) {
        uk_udp_end(&sockets[socket]);
    } else {
        uk_tcp_end(&sockets[socket], at_once);
    }
    uk_socket_free(&sockets[socket]);
    uk_interface_poll();
}

static void net_close(int socket) {
    end(socket, 0);
}

static void net_reset(int socket) {
    end(socket, 1);
}

const vb_platform_net *vb_platform_net_calls(const char **why) {
    static const vb_platform_net calls = {
        .connect = net_connect,
        .listen = net_listen,
        .accept = net_accept,
        .send = net_send,
        .receive = net_receive,
        .receive_from = net_receive_from,
        .send_to = net_send_to,
        .set_timeout = net_set_timeout,
        .wait = net_wait,
        .close = net_close,
        .reset = net_reset,
    };
    static const char *reason;
    static int tried;
    reason = tried++ ? reason : uk_interface_start();
    *why = reason == NULL ? "" : reason;
    return reason == NULL ? &calls : NULL;
}
