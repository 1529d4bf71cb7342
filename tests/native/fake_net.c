#include "fake_net.h"
#include "fake_platform.h"
#include <stdlib.h>
#include <string.h>

enum { SOCKETS = 128, ROOM = 1 << 18, PORT = 5001, CLIENT_PORTS = 1000, NS_PER_BYTE = 1 };

typedef struct endpoint {
    int is_open, is_server, is_listener, is_accepted, is_datagram;
    int peer; /* -1: gone, or none */
    int has_ended, was_reset;
    int64_t timeout_ns;
    size_t length;
    uint8_t bytes[ROOM]; /* that have arrived; a datagram has its length (2 bytes) and its sender (1) before it */
} endpoint;

fake_net_faults fake_faults;
int64_t fake_receives;
static endpoint endpoints[SOCKETS];
static vb_server *server;
static int in_server;
static int64_t to_client, from_client, datagrams;

static int open_endpoint(int is_datagram) {
    for (int i = 0; i < SOCKETS; i++) {
        if (!endpoints[i].is_open) {
            endpoint *opened = &endpoints[i];
            opened->is_open = 1;
            opened->is_datagram = is_datagram;
            opened->is_server = in_server;
            opened->is_listener = opened->is_accepted = opened->has_ended = opened->was_reset = 0;
            opened->peer = -1;
            opened->length = 0;
            return i;
        }
    }
    abort();
}

static int listener_of(int is_datagram) {
    for (int i = 0; i < SOCKETS; i++) {
        if (endpoints[i].is_open && endpoints[i].is_listener && endpoints[i].is_datagram == is_datagram) {
            return i;
        }
    }
    return -1;
}

static void take(endpoint *from, uint8_t *bytes, size_t length) {
    memcpy(bytes, from->bytes, length);
    from->length -= length;
    memmove(from->bytes, from->bytes + length, from->length);
}

static int is_readable(const endpoint *socket) {
    if (socket->is_listener && !socket->is_datagram) {
        for (int i = 0; i < SOCKETS; i++) {
            if (endpoints[i].is_open && endpoints[i].is_server && !endpoints[i].is_accepted && !endpoints[i].is_listener) {
                return 1;
            }
        }
        return 0;
    }
    return socket->length > 0 || socket->has_ended || socket->was_reset;
}

static int is_writable(const endpoint *socket) {
    return socket->peer < 0 || endpoints[socket->peer].length < ROOM / 2;
}

static void give_turn(void) {
    in_server = 1;
    vb_server_turn(server, 0);
    in_server = 0;
}

/* Lets the server work until the condition holds; where it never does, time passes. */
static int waits(const endpoint *socket, int (*condition)(const endpoint *), unsigned flags) {
    for (int turn = 0; turn < 8 && !in_server && !condition(socket); turn++) {
        give_turn();
    }
    if (condition(socket)) {
        return 1;
    }
    fake_now_ns += in_server || (flags & VB_NET_DONT_WAIT) != 0 ? 0 : (uint64_t)socket->timeout_ns;
    return 0;
}

static int net_connect(vb_net_kind kind, vb_net_address to, int64_t timeout_ns) {
    int listener = listener_of(kind == VB_NET_UDP);
    if (fake_faults.connect_error != 0 || listener < 0 || to.port != PORT) {
        return fake_faults.connect_error != 0 ? fake_faults.connect_error : VB_NET_REFUSED;
    }
    int client = open_endpoint(kind == VB_NET_UDP);
    endpoints[client].timeout_ns = timeout_ns;
    endpoints[client].peer = listener;
    if (kind == VB_NET_TCP) {
        in_server = 1;
        int other = open_endpoint(0);
        in_server = 0;
        endpoints[client].peer = other;
        endpoints[other].peer = client;
    }
    return client;
}

static int net_listen(vb_net_kind kind, uint16_t port) {
    if (port != PORT || listener_of(kind == VB_NET_UDP) >= 0) {
        return port != PORT ? VB_NET_FAILED : VB_NET_IN_USE;
    }
    int opened = open_endpoint(kind == VB_NET_UDP);
    endpoints[opened].is_listener = endpoints[opened].is_server = 1;
    return opened;
}

static int net_accept(int listener) {
    (void)listener;
    for (int i = 0; i < SOCKETS; i++) {
        if (endpoints[i].is_open && endpoints[i].is_server && !endpoints[i].is_accepted && !endpoints[i].is_listener) {
            endpoints[i].is_accepted = 1;
            return i;
        }
    }
    return VB_NET_AGAIN;
}

static void deliver(endpoint *to, int from, const uint8_t *bytes, size_t length) {
    const uint8_t head[3] = {(uint8_t)length, (uint8_t)(length >> 8), (uint8_t)from};
    if (to->length + sizeof(head) + length <= ROOM) { /* else lost, as in a full queue */
        memcpy(to->bytes + to->length, head, sizeof(head));
        memcpy(to->bytes + to->length + sizeof(head), bytes, length);
        to->length += sizeof(head) + length;
    }
}

static long send_datagram(int socket, const void *bytes, size_t length) {
    datagrams++;
    fake_now_ns += length * NS_PER_BYTE;
    if (fake_faults.lose_every == 0 || datagrams % fake_faults.lose_every != 0) {
        for (int copy = 0; copy <= fake_faults.doubles; copy++) {
            deliver(&endpoints[endpoints[socket].peer], socket, bytes, length);
        }
        give_turn(); /* the server has a processor of its own */
    }
    return (long)length;
}

static long net_send(int socket, const void *bytes, size_t length, unsigned flags) {
    endpoint *from = &endpoints[socket];
    if (from->is_datagram) {
        return send_datagram(socket, bytes, length);
    }
    if (!in_server && fake_faults.cut_after >= 0 && from_client >= fake_faults.cut_after) {
        from->was_reset = 1;
    }
    if (from->was_reset || from->peer < 0) {
        return VB_NET_CLOSED;
    }
    if (!waits(from, is_writable, flags)) {
        return (flags & VB_NET_DONT_WAIT) != 0 ? VB_NET_AGAIN : VB_NET_TIMEOUT;
    }
    endpoint *to = &endpoints[from->peer];
    size_t room = ROOM - to->length, most = fake_faults.send_most != 0 && fake_faults.send_most < room ? fake_faults.send_most : room;
    length = length < most ? length : most;
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
    from_client += in_server ? 0 : (int64_t)length;
    fake_now_ns += in_server ? 0 : length * NS_PER_BYTE;
    return (long)length;
}

/* What a client's receive finds after the script's disturbances; whether anything reaches it at all. */
static int disturb(void) {
    fake_now_ns += fake_faults.latency_ns + (fake_receives == fake_faults.stall_at ? fake_faults.stall_ns : 0);
    fake_receives++;
    return fake_faults.silent_after < 0 || to_client < fake_faults.silent_after;
}

static long net_receive(int socket, void *bytes, size_t length, unsigned flags) {
    endpoint *at = &endpoints[socket];
    const int is_client = !in_server;
    if (is_client && !disturb()) {
        fake_now_ns += (uint64_t)at->timeout_ns;
        return VB_NET_TIMEOUT;
    }
    if (!waits(at, is_readable, flags)) {
        return (flags & VB_NET_DONT_WAIT) != 0 ? VB_NET_AGAIN : VB_NET_TIMEOUT;
    }
    if (at->length == 0) {
        return at->was_reset ? VB_NET_CLOSED : 0;
    }
    if (at->is_datagram) {
        uint8_t head[3], whole[65536];
        take(at, head, sizeof(head));
        size_t size = head[0] | (size_t)head[1] << 8;
        take(at, whole, size);
        length = size < length ? size : length;
        memcpy(bytes, whole, length);
    } else {
        length = length < at->length ? length : at->length;
        take(at, bytes, length);
    }
    if (is_client) {
        ((uint8_t *)bytes)[0] ^= fake_faults.flip;
        to_client += (int64_t)length;
        fake_now_ns += length * NS_PER_BYTE;
    }
    return (long)length;
}

static long net_receive_from(int socket, void *bytes, size_t length, vb_net_address *from, unsigned flags) {
    endpoint *at = &endpoints[socket];
    if (at->length == 0) {
        return (flags & VB_NET_DONT_WAIT) != 0 ? VB_NET_AGAIN : VB_NET_TIMEOUT;
    }
    *from = (vb_net_address){.host = 0x0a000001, .port = (uint16_t)(CLIENT_PORTS + at->bytes[2])};
    return net_receive(socket, bytes, length, flags);
}

static long net_send_to(int socket, const void *bytes, size_t length, vb_net_address to) {
    deliver(&endpoints[to.port - CLIENT_PORTS], socket, bytes, length);
    return (long)length;
}

static void net_set_timeout(int socket, int64_t timeout_ns) {
    endpoints[socket].timeout_ns = timeout_ns;
}

static int look(vb_net_wait *sockets, int count) {
    int ready = 0;
    for (int i = 0; i < count; i++) {
        const endpoint *at = &endpoints[sockets[i].socket];
        sockets[i].readable = sockets[i].to_read && is_readable(at);
        sockets[i].writable = sockets[i].to_write && is_writable(at);
        ready += sockets[i].readable || sockets[i].writable;
    }
    return ready;
}

static int net_wait(vb_net_wait *sockets, int count, int64_t timeout_ns) {
    int ready = look(sockets, count);
    for (int turn = 0; turn < 8 && ready == 0 && !in_server && count > 0; turn++) {
        give_turn();
        ready = look(sockets, count);
    }
    fake_now_ns += ready == 0 && !in_server ? (uint64_t)timeout_ns : 0;
    return ready;
}

static void end_endpoint(int socket, int at_once) {
    endpoint *gone = &endpoints[socket];
    if (!gone->is_datagram && gone->peer >= 0) {
        endpoint *peer = &endpoints[gone->peer];
        peer->has_ended = 1;
        peer->was_reset |= at_once;
        peer->peer = -1;
    }
    gone->is_open = 0;
}

static void net_close(int socket) {
    end_endpoint(socket, 0);
}

static void net_reset(int socket) {
    end_endpoint(socket, 1);
}

vb_server *fake_net_server(void) {
    return server;
}

void fake_net_reset(void) {
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
    fake_reset();
    fake_read_cost_ns = 10;
    fake_faults = (fake_net_faults){.silent_after = -1, .cut_after = -1, .stall_at = -1, .latency_ns = 1000};
    fake_receives = to_client = from_client = datagrams = 0;
    fake_sockets = &calls;
    server = calloc(1, sizeof(*server));
    if (server == NULL || vb_server_open(server, &calls, PORT) != 0) {
        abort();
    }
}

int fake_net_end(void) {
    int left = 0;
    for (int i = 0; i < SOCKETS; i++) {
        left += endpoints[i].is_open && !endpoints[i].is_server;
    }
    vb_server_close(server);
    free(server);
    memset(endpoints, 0, sizeof(endpoints));
    return left;
}
