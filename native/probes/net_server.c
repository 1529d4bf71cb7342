#include "net_server.h"
#include "net_service.h"
#include "random.h"
#include "vb_platform.h"

/* Steps that one connection may take before the others are looked at. */
enum { STEPS = 64, DATAGRAMS = 256 };

/*
 * Who is the only one is waited for in the call that receives, as a server with one client would do, and no longer than this: then all are
 * looked at again.
 */
static const int64_t alone_ns = 1000000;
static const int64_t idle_ns = 60000000000;   /* longer silence ends a connection */
static const int64_t crowded_ns = 1000000000; /* the same, when another one wants its place */

int vb_server_open(vb_server *server, const vb_platform_net *net, uint16_t port) {
    server->net = net;
    server->random = vb_platform_monotonic_ns();
    for (int i = 0; i < VB_SERVER_CONNECTIONS_MAX; i++) {
        server->connections[i] = &server->slots[i];
    }
    server->listener = net->listen(VB_NET_TCP, port);
    if (server->listener < 0) {
        return server->listener;
    }
    server->datagrams = net->listen(VB_NET_UDP, port);
    if (server->datagrams < 0) {
        net->close(server->listener);
        return server->datagrams;
    }
    net->set_timeout(server->datagrams, alone_ns);
    return 0;
}

/* Whoever goes, the client has closed first, or is not wanted. */
static void drop(vb_server *server, int index) {
    vb_server_connection *gone = server->connections[index];
    server->net->reset(gone->socket);
    server->connections[index] = server->connections[--server->count];
    server->connections[server->count] = gone;
}

static void drop_silent(vb_server *server, uint64_t now_ns, int64_t longest_ns) {
    for (int i = server->count - 1; i >= 0; i--) {
        if ((int64_t)(now_ns - server->connections[i]->moved_ns) > longest_ns) {
            drop(server, i);
        }
    }
}

static void accept_all(vb_server *server, uint64_t now_ns) {
    for (;;) {
        int socket = server->net->accept(server->listener);
        if (socket < 0) {
            return;
        }
        if (server->count == VB_SERVER_CONNECTIONS_MAX) {
            drop_silent(server, now_ns, crowded_ns);
        }
        if (server->count == VB_SERVER_CONNECTIONS_MAX) {
            server->net->reset(socket);
            continue;
        }
        server->net->set_timeout(socket, alone_ns);
        vb_server_connection *accepted = server->connections[server->count++];
        *accepted = (vb_server_connection){.socket = socket, .moved_ns = now_ns, .session = vb_random(&server->random)};
    }
}

/* A question about datagrams is not waited for alone: they come by another socket. */
static int is_alone(const vb_server *server, const vb_server_connection *connection) {
    return server->count == 1 && connection->kind != VB_NET_DATAGRAMS;
}

/* Returns whether the connection stays. */
static int attend(vb_server *server, vb_server_connection *connection) {
    for (int step = 0; step < STEPS; step++) {
        long moved = vb_service_step(server, connection, is_alone(server, connection) ? 0 : VB_NET_DONT_WAIT);
        if (moved == VB_NET_AGAIN || moved == VB_NET_TIMEOUT) {
            return 1;
        }
        if (moved <= 0) {
            return 0;
        }
    }
    return 1;
}

static void attend_datagrams(vb_server *server) {
    for (int i = 0; i < DATAGRAMS; i++) {
        if (vb_service_datagram(server, server->count == 0 ? 0 : VB_NET_DONT_WAIT) < 0) {
            return;
        }
    }
}

int vb_server_turn(vb_server *server, int64_t timeout_ns) {
    vb_net_wait waits[2 + VB_SERVER_CONNECTIONS_MAX];
    waits[0] = (vb_net_wait){.socket = server->listener, .to_read = 1};
    waits[1] = (vb_net_wait){.socket = server->datagrams, .to_read = 1};
    for (int i = 0; i < server->count; i++) {
        int sends = vb_service_sends(server->connections[i]);
        waits[2 + i] = (vb_net_wait){.socket = server->connections[i]->socket, .to_read = !sends, .to_write = sends != 0};
    }
    int waiting = server->count;
    int ready = server->net->wait(waits, 2 + waiting, timeout_ns);
    uint64_t now_ns = vb_platform_monotonic_ns();
    if (ready < 0) {
        return ready;
    }
    /* From the last to the first: who goes leaves his place to the last. */
    for (int i = waiting - 1; i >= 0; i--) {
        if (waits[2 + i].readable || waits[2 + i].writable) {
            server->connections[i]->moved_ns = now_ns;
            if (!attend(server, server->connections[i])) {
                drop(server, i);
            }
        }
    }
    if (waits[1].readable) {
        attend_datagrams(server);
    }
    if (waits[0].readable) {
        accept_all(server, now_ns);
        if (server->count == 1 && !attend(server, server->connections[0])) { /* what it wants mostly comes at once */
            drop(server, 0);
        }
    }
    drop_silent(server, now_ns, idle_ns);
    return 0;
}

void vb_server_close(vb_server *server) {
    while (server->count > 0) {
        drop(server, server->count - 1);
    }
    server->net->close(server->listener);
    server->net->close(server->datagrams);
}
