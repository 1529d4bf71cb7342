/*
 * net.udp-stream: one operation is one datagram sent. At the end of an iteration the server says how many of its datagrams arrived, each
 * once, and in what time. What is reported: rates over the iterations that count, and what share was lost.
 */
#include "catalogue.h"
#include "net_peer.h"
#include "net_wire.h"

enum { LARGEST = 65507 }; /* IPv4's 65,535 less its header and UDP's */

/* A queue on the way out that is full for a moment is no loss. Returns what the call says that is something else. */
static long send_datagram(udp_stream *state) {
    const vb_platform_net *net = state->link.net;
    long sent;
    while ((sent = net->send(state->data, state->datagram, state->size, 0)) == VB_NET_AGAIN) {
        if (!vb_net_goes_on(&state->link)) {
            return VB_NET_FAILED;
        }
    }
    return sent;
}

/* Returns whether all were sent. */
static int send_datagrams(udp_stream *state, intptr_t operations) {
    for (intptr_t i = 0; i < operations; i++) {
        vb_net_put(state->datagram + VB_NET_NUMBER_BYTES, state->sequence);
        long sent = send_datagram(state);
        if (sent < 0) {
            vb_net_break(&state->link, sent);
            return 0;
        }
        state->sequence++;
        state->link.bytes += state->size;
    }
    return 1;
}

/* A queue full of datagrams would lose the question too, which TCP then asks again after a second only. The pause is in no rate. */
static void let_queues_drain(udp_stream *state, double sending_ns) {
    const double longest_ns = 1e7, share = 0.25;
    double pause_ns = sending_ns * share;
    state->link.net->wait(NULL, 0, (int64_t)(pause_ns < longest_ns ? pause_ns : longest_ns));
}

static void run_datagrams(void *context, intptr_t operations) {
    udp_stream *state = context;
    const vb_clock *clock = state->link.clock;
    uint64_t arrived, span_ns, begin = vb_clock_ticks(clock);
    if (!vb_net_goes_on(&state->link) || !send_datagrams(state, operations)) {
        return;
    }
    uint64_t sending_ticks = vb_clock_ticks(clock) - begin;
    let_queues_drain(state, (double)sending_ticks * clock->ns_per_tick);
    if (!vb_net_tell(&state->link, state->control, state->sequence) || !vb_net_hear(&state->link, state->control, &arrived) ||
        !vb_net_hear(&state->link, state->control, &span_ns)) {
        return;
    }
    if (arrived > (uint64_t)operations) {
        state->link.is_broken = 1;
        vb_fail(state->link.run, "the server counted more datagrams than were sent");
        return;
    }
    if (vb_run_is_actual(state->link.run)) {
        state->sent += (uint64_t)operations;
        state->sending_ticks += sending_ticks;
        state->received += arrived;
        state->gaps += arrived > 0 ? arrived - 1 : 0;
        state->receiving_ns += span_ns;
    }
}

static vb_status open_datagrams(vb_run *run) {
    udp_stream *state = vb_probe_map(run, sizeof(*state) + LARGEST);
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    state->datagram = (uint8_t *)(state + 1);
    state->control = state->data = VB_NET_CLOSED;
    int64_t size = vb_parameter_integer(run, "size", 64);
    if (size < VB_NET_DATAGRAM_LEAST || size > LARGEST) {
        return vb_fail(run, "size must be between 16 and 65507");
    }
    state->size = (size_t)size;
    const uint8_t kind = VB_NET_DATAGRAMS;
    uint64_t session;
    if (vb_net_begin(run, &state->link) != VB_OK || (state->control = vb_net_connect(&state->link, VB_NET_TCP)) < 0 ||
        (state->data = vb_net_connect(&state->link, VB_NET_UDP)) < 0 || !vb_net_send_all(&state->link, state->control, &kind, 1) ||
        !vb_net_hear(&state->link, state->control, &session)) {
        return VB_FAILED;
    }
    vb_net_put(state->datagram, session);
    vb_metric_add(run, "work", 1, "datagram");
    return VB_OK;
}

/* From the first of them to the last, there is one datagram less than there are. */
static vb_status verify_datagrams(vb_run *run) {
    const udp_stream *state = run->context;
    if (state->received == 0) {
        return vb_fail(run, "not one datagram arrived");
    }
    if (state->receiving_ns == 0) {
        return vb_fail(run, "too few datagrams arrived to tell a rate: each iteration has to have several");
    }
    double sending_ns = (double)state->sending_ticks * state->link.clock->ns_per_tick;
    vb_metric_add(run, "received.rate", (double)state->gaps * 1e9 / (double)state->receiving_ns, "datagram/s");
    vb_metric_add(run, "sent.rate", (double)state->sent * 1e9 / sending_ns, "datagram/s");
    vb_metric_add(run, "loss", 1 - (double)state->received / (double)state->sent, "ratio");
    vb_net_report_bytes(&state->link);
    return VB_OK;
}

static void close_datagrams(vb_run *run) {
    udp_stream *state = run->context;
    if (state == NULL) {
        return;
    }
    if (state->control >= 0) {
        state->link.net->close(state->control);
    }
    if (state->data >= 0) {
        state->link.net->close(state->data);
    }
    vb_platform_unmap(state, sizeof(*state) + LARGEST);
}

const vb_probe vb_net_udp_stream = {
    .id = "net.udp-stream",
    .parameters = "size=64",
    .open = open_datagrams,
    .workload = run_datagrams,
    .verify = verify_datagrams,
    .close = close_datagrams,
    /* A slow system takes as long for the question how many arrived as a short iteration may last: it would send one datagram each. */
    .least_operations = 64,
};
