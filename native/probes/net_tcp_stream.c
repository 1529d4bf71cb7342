/*
 * net.tcp-stream: one operation is 128 KiB through one of the connections. An iteration ends when all of its bytes have been delivered: the
 * server's count of them has come (tx), or they are here (rx).
 */
#include "catalogue.h"
#include "net_peer.h"
#include "net_wire.h"

static long send_some(tcp_streams *state, tcp_stream *stream, size_t length, unsigned flags) {
    return state->link.net->send(stream->socket, state->block, length, flags);
}

static long receive_some(tcp_streams *state, tcp_stream *stream, size_t length, unsigned flags) {
    return state->link.net->receive(stream->socket, state->block, length, flags);
}

static void move_block(tcp_streams *state, tcp_stream *stream, unsigned flags) {
    size_t length = stream->left < VB_NET_BLOCK_BYTES ? (size_t)stream->left : VB_NET_BLOCK_BYTES;
    long moved = state->move(state, stream, length, flags);
    if (moved == VB_NET_AGAIN) {
        return;
    }
    if (moved <= 0) {
        vb_net_break(&state->link, moved);
        return;
    }
    stream->left -= (uint64_t)moved;
    stream->total += (uint64_t)moved;
    state->link.bytes += (uint64_t)moved;
}

/* One stream: calls that wait, and no other. */
static void move_one(tcp_streams *state) {
    tcp_stream *stream = &state->streams[0];
    while (stream->left > 0 && vb_net_goes_on(&state->link)) {
        move_block(state, stream, 0);
    }
}

/* Several: whichever is ready. */
static void move_several(tcp_streams *state) {
    vb_net_wait waits[NET_STREAMS_MAX];
    tcp_stream *waiting[NET_STREAMS_MAX];
    while (vb_net_goes_on(&state->link)) {
        int count = 0;
        for (int i = 0; i < state->count; i++) {
            tcp_stream *stream = &state->streams[i];
            if (stream->left > 0) {
                waiting[count] = stream;
                waits[count++] = (vb_net_wait){.socket = stream->socket, .to_read = state->receives != 0, .to_write = state->receives == 0};
            }
        }
        if (count == 0) {
            return;
        }
        int ready = state->link.net->wait(waits, count, VB_NET_SILENCE_NS);
        if (ready <= 0) {
            vb_net_break(&state->link, ready == 0 ? VB_NET_TIMEOUT : ready);
            return;
        }
        for (int i = 0; i < count && !state->link.is_broken; i++) {
            if (waits[i].readable || waits[i].writable) {
                move_block(state, waiting[i], VB_NET_DONT_WAIT);
            }
        }
    }
}

/* Says how many bytes each connection is to carry in this iteration. */
static int announce(tcp_streams *state, uint64_t operations) {
    const uint64_t count = (uint64_t)state->count;
    for (uint64_t i = 0; i < count; i++) {
        tcp_stream *stream = &state->streams[i];
        stream->left = (operations / count + (i < operations % count)) * VB_NET_BLOCK_BYTES;
        if (stream->left > 0 && !vb_net_tell(&state->link, stream->socket, stream->left)) {
            return 0;
        }
    }
    return 1;
}

/* The server's count of a connection's bytes, which is to be ours. */
static int agree(tcp_streams *state, const tcp_stream *stream) {
    uint64_t counted;
    if (!vb_net_hear(&state->link, stream->socket, &counted)) {
        return 0;
    }
    if (counted != stream->total) {
        state->link.is_broken = 1;
        vb_fail(state->link.run, "the server counted another number of bytes than this side");
        return 0;
    }
    return 1;
}

static void run_streams(void *context, intptr_t operations) {
    tcp_streams *state = context;
    if (!vb_net_goes_on(&state->link) || !announce(state, (uint64_t)operations)) {
        return;
    }
    uint64_t before[NET_STREAMS_MAX];
    for (int i = 0; i < state->count; i++) {
        before[i] = state->streams[i].total;
    }
    if (state->count == 1) {
        move_one(state);
    } else {
        move_several(state);
    }
    for (int i = 0; i < state->count && !state->receives && !state->link.is_broken; i++) {
        if (state->streams[i].total > before[i]) {
            agree(state, &state->streams[i]);
        }
    }
}

static vb_status open_streams(vb_run *run) {
    tcp_streams *state = vb_probe_map(run, sizeof(*state) + VB_NET_BLOCK_BYTES);
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    state->block = (uint8_t *)(state + 1);
    int64_t streams = vb_parameter_integer(run, "streams", 1);
    const char *direction = vb_parameter_text(run, "direction", "tx");
    state->receives = direction[0] == 'r';
    if (streams < 1 || streams > NET_STREAMS_MAX) {
        return vb_fail(run, "streams must be between 1 and 16");
    }
    if ((direction[0] != 't' && direction[0] != 'r') || direction[1] != 'x' || direction[2] != '\0') {
        return vb_fail(run, "direction must be tx or rx");
    }
    if (vb_net_begin(run, &state->link) != VB_OK) {
        return VB_FAILED;
    }
    state->move = state->receives ? receive_some : send_some;
    const uint8_t kind = state->receives ? VB_NET_OUT : VB_NET_IN;
    while (state->count < streams) {
        int socket = vb_net_connect(&state->link, VB_NET_TCP);
        if (socket < 0) {
            return VB_FAILED;
        }
        state->streams[state->count++].socket = socket;
        if (!vb_net_send_all(&state->link, socket, &kind, 1)) {
            return VB_FAILED;
        }
    }
    vb_metric_add(run, "work", VB_NET_BLOCK_BYTES, "B");
    return VB_OK;
}

/* What was sent has been counted iteration by iteration; of what was received, the server is asked for its count. */
static vb_status verify_streams(vb_run *run) {
    tcp_streams *state = run->context;
    for (int i = 0; i < state->count && state->receives; i++) {
        if (!vb_net_tell(&state->link, state->streams[i].socket, 0) || !agree(state, &state->streams[i])) {
            return VB_FAILED;
        }
    }
    vb_net_report_bytes(&state->link);
    return state->link.is_broken ? VB_FAILED : VB_OK;
}

static void close_streams(vb_run *run) {
    tcp_streams *state = run->context;
    if (state == NULL) {
        return;
    }
    for (int i = 0; i < state->count; i++) {
        state->link.net->close(state->streams[i].socket);
    }
    vb_platform_unmap(state, sizeof(*state) + VB_NET_BLOCK_BYTES);
}

const vb_probe vb_net_tcp_stream = {
    .id = "net.tcp-stream",
    .parameters = "direction=tx streams=1",
    .open = open_streams,
    .workload = run_streams,
    .verify = verify_streams,
    .close = close_streams,
};
