#include "net_service.h"
#include "vb_platform.h"

/* Datagrams that are taken in before a question about them is answered; as many as no queue holds. */
enum { DRAIN_MAX = 1 << 16 };

int vb_service_sends(const vb_server_connection *connection) {
    return connection->answer_left > 0 || (connection->kind == VB_NET_OUT && connection->left > 0);
}

static long send_answer(vb_server *server, vb_server_connection *connection, unsigned flags) {
    const uint8_t *next = connection->answer + sizeof(connection->answer) - connection->answer_left;
    long sent = server->net->send(connection->socket, next, (size_t)connection->answer_left, flags);
    connection->answer_left -= sent > 0 ? (int)sent : 0;
    return sent;
}

static void set_answer(vb_server_connection *connection, uint64_t number) {
    vb_net_put(connection->answer + VB_NET_NUMBER_BYTES, number);
    connection->answer_left = VB_NET_NUMBER_BYTES;
}

static long send_block(vb_server *server, vb_server_connection *connection, unsigned flags) {
    size_t length = connection->left < sizeof(server->block) ? (size_t)connection->left : sizeof(server->block);
    long sent = server->net->send(connection->socket, server->block, length, flags);
    connection->left -= sent > 0 ? (uint64_t)sent : 0;
    connection->total += sent > 0 ? (uint64_t)sent : 0;
    return sent;
}

static long receive_block(vb_server *server, vb_server_connection *connection, unsigned flags) {
    size_t length = connection->left < sizeof(server->block) ? (size_t)connection->left : sizeof(server->block);
    long received = server->net->receive(connection->socket, server->block, length, flags);
    if (received > 0) {
        connection->left -= (uint64_t)received;
        connection->total += (uint64_t)received;
        if (connection->left == 0) {
            set_answer(connection, connection->total);
        }
    }
    return received;
}

/* Back at once what came. A client that does not read its answers is let go rather than waited for. */
static long echo(vb_server *server, vb_server_connection *connection, unsigned flags) {
    enum { MOST = 4096 };
    long received = server->net->receive(connection->socket, server->block, MOST, flags);
    if (received <= 0) {
        return received;
    }
    long sent = server->net->send(connection->socket, server->block, (size_t)received, VB_NET_DONT_WAIT);
    return sent == received ? sent : VB_NET_FAILED;
}

static long begin(vb_server *server, vb_server_connection *connection, uint8_t kind) {
    connection->kind = kind;
    switch (kind) {
    case VB_NET_DATAGRAMS:
        set_answer(connection, connection->session);
        return 1;
    case VB_NET_IN:
    case VB_NET_OUT:
    case VB_NET_ECHO:
    case VB_NET_STOP:
        return 1;
    default:
        connection->is_finished = 1;
        return kind >= VB_NET_ONCE ? server->net->send(connection->socket, &kind, 1, VB_NET_DONT_WAIT) : VB_NET_FAILED;
    }
}

static void answer_session(vb_server *server, vb_server_connection *connection, uint64_t sent) {
    uint64_t span_ns;
    for (int i = 0; i < DRAIN_MAX && vb_service_datagram(server, VB_NET_DONT_WAIT) >= 0; i++) {
    }
    vb_net_put(connection->answer, vb_arrivals_close(&connection->arrivals, sent, &span_ns));
    vb_net_put(connection->answer + VB_NET_NUMBER_BYTES, span_ns);
    connection->answer_left = sizeof(connection->answer);
}

static void take_number(vb_server *server, vb_server_connection *connection, uint64_t number) {
    switch (connection->kind) {
    case VB_NET_IN:
    case VB_NET_OUT:
        connection->left = number;
        if (number == 0) {
            set_answer(connection, connection->total);
        }
        return;
    case VB_NET_DATAGRAMS:
        answer_session(server, connection, number);
        return;
    default:
        connection->is_finished = 1;
        server->is_told_to_end |= number == VB_NET_QUIT;
    }
}

static long receive_number(vb_server *server, vb_server_connection *connection, unsigned flags) {
    size_t missing = sizeof(connection->number) - (size_t)connection->number_length;
    long received = server->net->receive(connection->socket, connection->number + connection->number_length, missing, flags);
    connection->number_length += received > 0 ? (int)received : 0;
    if (connection->number_length == (int)sizeof(connection->number)) {
        connection->number_length = 0;
        take_number(server, connection, vb_net_get(connection->number));
    }
    return received;
}

long vb_service_step(vb_server *server, vb_server_connection *connection, unsigned flags) {
    uint8_t byte;
    long received;
    if (connection->answer_left > 0) {
        return send_answer(server, connection, flags);
    }
    if (connection->kind == 0 || connection->is_finished) {
        received = server->net->receive(connection->socket, &byte, 1, flags);
        return received <= 0 ? received : connection->is_finished ? VB_NET_FAILED : begin(server, connection, byte);
    }
    if (connection->kind == VB_NET_ECHO) {
        return echo(server, connection, flags);
    }
    if (connection->left > 0) {
        return connection->kind == VB_NET_IN ? receive_block(server, connection, flags) : send_block(server, connection, flags);
    }
    return receive_number(server, connection, flags);
}

long vb_service_datagram(vb_server *server, unsigned flags) {
    vb_net_address from;
    long received = server->net->receive_from(server->datagrams, server->block, sizeof(server->block), &from, flags);
    if (received == 1) {
        server->net->send_to(server->datagrams, server->block, 1, from);
    } else if (received >= VB_NET_DATAGRAM_LEAST) {
        uint64_t session = vb_net_get(server->block);
        for (int i = 0; i < server->count; i++) {
            vb_server_connection *connection = server->connections[i];
            if (connection->kind == VB_NET_DATAGRAMS && connection->session == session) {
                vb_arrivals_take(&connection->arrivals, vb_net_get(server->block + VB_NET_NUMBER_BYTES), vb_platform_monotonic_ns());
                break;
            }
        }
    }
    return received;
}
