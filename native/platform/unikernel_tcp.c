#include "kernel.h"
#include "unikernel_net.h"

enum {
    BACKLOG = 128,
    SEGMENT_MAX = 16 * TCP_MSS, /* of one that the card cuts: large enough, and small beside a window */
    CHUNK = 2 * SEGMENT_MAX,    /* of one tcp_write, below 64 KiB */
};

/* ---- what lwIP says ---- */

static err_t on_received(void *argument, struct tcp_pcb *pcb, struct pbuf *received, err_t error) {
    (void)pcb, (void)error;
    uk_socket *socket = argument;
    if (received == NULL) {
        socket->has_ended = 1;
    } else {
        uk_socket_keep(socket, received);
    }
    return ERR_OK;
}

/* The connection has ended, and its pcb with it. */
static void on_error(void *argument, err_t error) {
    uk_socket *socket = argument;
    socket->tcp = NULL;
    socket->error = error == ERR_RST && !socket->is_connected ? VB_NET_REFUSED : uk_socket_error_of(error);
}

/* Where the card cuts, one segment goes through lwIP for many on the wire. The congestion window begins with two: with less than one
   nothing would be sent, and one would be acknowledged late. */
static void enlarge_segments(struct tcp_pcb *pcb) {
    if (uk_card_found.cuts_segments && pcb->mss == TCP_MSS) {
        pcb->mss = SEGMENT_MAX;
        pcb->cwnd = pcb->cwnd < 2 * SEGMENT_MAX ? 2 * SEGMENT_MAX : pcb->cwnd;
    }
}

static err_t on_connected(void *argument, struct tcp_pcb *pcb, err_t error) {
    (void)error; /* always good */
    ((uk_socket *)argument)->is_connected = 1;
    enlarge_segments(pcb);
    return ERR_OK;
}

static void attach(uk_socket *socket, struct tcp_pcb *pcb) {
    socket->tcp = pcb;
    tcp_arg(pcb, socket);
    tcp_recv(pcb, on_received);
    tcp_err(pcb, on_error);
    tcp_nagle_disable(pcb);
}

static err_t on_accepted(void *argument, struct tcp_pcb *pcb, err_t error) {
    uk_socket *listener = argument, *socket = error == ERR_OK ? uk_socket_new(UK_SOCKET_TCP) : NULL;
    if (socket == NULL) {
        if (pcb != NULL) {
            tcp_abort(pcb);
        }
        return ERR_ABRT;
    }
    attach(socket, pcb);
    socket->is_connected = 1;
    enlarge_segments(pcb);
    uk_socket **last = &listener->waiting_first;
    while (*last != NULL) {
        last = &(*last)->waiting_next;
    }
    *last = socket;
    return ERR_OK;
}

/* ---- the calls ---- */

static int is_settled(const uk_socket *socket) {
    return socket->is_connected || socket->error != 0;
}

int uk_tcp_connect(uk_socket *socket, vb_net_address to, int64_t timeout_ns) {
    struct tcp_pcb *pcb = tcp_new();
    if (pcb == NULL) {
        return VB_NET_FAILED;
    }
    attach(socket, pcb);
    ip_addr_t host = IPADDR4_INIT(lwip_htonl(to.host));
    err_t error = tcp_connect(pcb, &host, to.port, on_connected);
    if (error != ERR_OK) {
        return error == ERR_MEM ? VB_NET_FAILED : uk_socket_error_of(error);
    }
    int waited = uk_socket_await(socket, is_settled, timeout_ns);
    return waited != 0 ? waited : socket->error;
}

int uk_tcp_listen(uk_socket *socket, uint16_t port) {
    struct tcp_pcb *pcb = tcp_new();
    if (pcb == NULL) {
        return VB_NET_FAILED;
    }
    ip_set_option(pcb, SOF_REUSEADDR); /* over connections that are not forgotten yet */
    err_t error = tcp_bind(pcb, IP4_ADDR_ANY, port);
    struct tcp_pcb *listening = error == ERR_OK ? tcp_listen_with_backlog_and_err(pcb, BACKLOG, &error) : NULL;
    if (listening == NULL) {
        tcp_abort(pcb);
        return error == ERR_MEM ? VB_NET_FAILED : uk_socket_error_of(error);
    }
    socket->tcp = listening;
    tcp_arg(listening, socket);
    tcp_accept(listening, on_accepted);
    return 0;
}

/* As much as there is room for. */
static size_t queue(struct tcp_pcb *pcb, const uint8_t *bytes, size_t length) {
    size_t done = 0;
    while (done < length && tcp_sndqueuelen(pcb) < TCP_SNDQUEUELOWAT) {
        size_t chunk = length - done < CHUNK ? length - done : CHUNK, room = tcp_sndbuf(pcb);
        chunk = chunk < room ? chunk : room;
        u8_t more = done + chunk < length ? TCP_WRITE_FLAG_MORE : 0;
        if (chunk == 0 || tcp_write(pcb, bytes + done, (u16_t)chunk, TCP_WRITE_FLAG_COPY | more) != ERR_OK) {
            break;
        }
        done += chunk;
        tcp_output(pcb);
    }
    return done;
}

static int is_writable_or_over(const uk_socket *socket) {
    return socket->error != 0 || uk_socket_is_writable(socket);
}

long uk_tcp_send(uk_socket *socket, const uint8_t *bytes, size_t length, unsigned flags) {
    uk_interface_poll();
    for (;;) {
        if (socket->error != 0 || socket->tcp == NULL) {
            return socket->error != 0 ? socket->error : VB_NET_CLOSED;
        }
        size_t done = queue(socket->tcp, bytes, length);
        uk_card_tell();
        if (done != 0) {
            return (long)done;
        }
        if ((flags & VB_NET_DONT_WAIT) != 0) {
            return VB_NET_AGAIN;
        }
        if (uk_socket_await(socket, is_writable_or_over, socket->timeout_ns) != 0) {
            return VB_NET_TIMEOUT;
        }
    }
}

/* What is here already, and room for more of it. */
static size_t take(uk_socket *socket, uint8_t *bytes, size_t length) {
    size_t done = 0;
    while (done < length && socket->first != NULL) {
        struct pbuf *piece = socket->first;
        size_t part = length - done < piece->len ? length - done : piece->len;
        uk_copy(bytes + done, piece->payload, part);
        uk_socket_consume(socket, part);
        done += part;
    }
    for (size_t told = 0; told < done && socket->tcp != NULL;) {
        size_t part = done - told < UINT16_MAX ? done - told : UINT16_MAX;
        tcp_recved(socket->tcp, (u16_t)part);
        told += part;
    }
    return done;
}

long uk_tcp_receive(uk_socket *socket, uint8_t *bytes, size_t length, unsigned flags) {
    size_t done = 0;
    uk_interface_poll();
    for (;;) {
        done += take(socket, bytes + done, length - done);
        if (done == length || (done != 0 && (flags & VB_NET_WAIT_ALL) == 0)) {
            break;
        }
        int end = socket->error != 0                                                                     ? socket->error
                  : socket->has_ended                                                                    ? 0
                  : (flags & VB_NET_DONT_WAIT) != 0                                                      ? VB_NET_AGAIN
                  : uk_socket_await(socket, uk_socket_is_readable, socket->timeout_ns) == VB_NET_TIMEOUT ? VB_NET_TIMEOUT
                                                                                                         : 1;
        if (end <= 0) {
            return done != 0 ? (long)done : end;
        }
    }
    uk_card_tell();
    return (long)done;
}

void uk_tcp_end(uk_socket *socket, int at_once) {
    while (socket->waiting_first != NULL) {
        uk_socket *waiting = socket->waiting_first;
        socket->waiting_first = waiting->waiting_next;
        uk_tcp_end(waiting, 1);
        uk_socket_free(waiting);
    }
    struct tcp_pcb *pcb = socket->tcp;
    socket->tcp = NULL;
    if (pcb == NULL) {
        return;
    }
    tcp_arg(pcb, NULL);
    if (socket->kind == UK_SOCKET_LISTENER) {
        tcp_accept(pcb, NULL);
        tcp_close(pcb);
        return;
    }
    tcp_recv(pcb, NULL);
    tcp_err(pcb, NULL);
    if (at_once || tcp_close(pcb) != ERR_OK) {
        tcp_abort(pcb);
    }
}
