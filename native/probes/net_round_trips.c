/*
 * net.tcp-rr, net.udp-rr: one byte there and back; net.tcp-crr: on a connection of its own each time. Every operation of the iterations
 * that count is timed by itself.
 *
 * With rate=N an operation has an intended start, N of them a second, and its time counts from then, however late it could really start:
 * what a stall makes late is seen to be late (coordinated omission: Tene, "How NOT to Measure Latency"). The schedule goes on from one
 * counted iteration to the next. Waiting for the next start is in no operation's time.
 */
#include "catalogue.h"
#include "distribution.h"
#include "net_peer.h"
#include "net_wire.h"

/* A datagram or its answer that takes longer is taken for lost and sent again. */
enum { RESEND_NS = 200000000, RESENDS_MAX = 25 };

static int wrong_answer(round_trips *state) {
    state->link.is_broken = 1;
    vb_fail(state->link.run, "the answer was not the byte that was sent");
    return 0;
}

/* One byte over a connection; whether its like came back. */
static int exchange_byte(round_trips *state, int socket, uint8_t byte) {
    const vb_platform_net *net = state->link.net;
    uint8_t answer;
    long moved = net->send(socket, &byte, 1, 0);
    if (moved == 1) {
        moved = net->receive(socket, &answer, 1, 0);
    }
    if (moved != 1) {
        vb_net_break(&state->link, moved);
        return 0;
    }
    state->link.bytes += 2;
    return answer == byte || wrong_answer(state);
}

static int exchange_tcp(round_trips *state) {
    return exchange_byte(state, state->socket, ++state->token);
}

static int exchange_connection(round_trips *state) {
    int socket = vb_net_connect(&state->link, VB_NET_TCP);
    if (socket < 0) {
        return 0;
    }
    int good = exchange_byte(state, socket, (uint8_t)(++state->token | VB_NET_ONCE));
    state->link.net->close(socket);
    return good;
}

/* The answer to the last datagram; one to an earlier one, late or doubled, is passed over. */
static long await_answer(round_trips *state) {
    const uint8_t earlier = 127;
    for (;;) {
        uint8_t answer[2];
        long received = state->link.net->receive(state->socket, answer, sizeof(answer), 0);
        if (received < 0) {
            return received;
        }
        uint8_t distance = (uint8_t)(state->token - answer[0]);
        if (received == 1 && distance == 0) {
            return 1;
        }
        if (received != 1 || distance > earlier) {
            wrong_answer(state);
            return VB_NET_FAILED;
        }
    }
}

static int exchange_datagram(round_trips *state) {
    state->token++;
    long moved = 0;
    for (int resent = 0; resent <= RESENDS_MAX; resent++) {
        moved = state->link.net->send(state->socket, &state->token, 1, 0);
        if (moved == 1) {
            moved = await_answer(state);
        }
        if (moved == 1) {
            state->link.bytes += 2 + (uint64_t)resent;
            return 1;
        }
        if (moved != VB_NET_TIMEOUT && moved != VB_NET_AGAIN) {
            break;
        }
        state->lost += vb_run_is_actual(state->link.run) != 0;
    }
    vb_net_break(&state->link, moved == VB_NET_AGAIN ? VB_NET_TIMEOUT : moved);
    return 0;
}

static void record(round_trips *state, int is_actual, uint64_t ticks) {
    if (is_actual) {
        vb_histogram_add(&state->times, (uint64_t)((double)ticks * state->link.clock->ns_per_tick));
    }
}

/* The end of one is the start of the next, so that the clock is read once an operation. */
static void run_full_speed(round_trips *state, intptr_t operations, int is_actual) {
    uint64_t last = vb_clock_ticks(state->link.clock);
    for (intptr_t i = 0; i < operations && last <= state->link.end_ticks && state->exchange(state); i++) {
        uint64_t now = vb_clock_ticks(state->link.clock);
        record(state, is_actual, now - last);
        last = now;
    }
    vb_net_goes_on(&state->link);
}

/* Sleeps while it is far off, because whoever answers may need the processor, and spins at last. */
static void wait_until(round_trips *state, uint64_t due) {
    const double ns_per_tick = state->link.clock->ns_per_tick, oversleep_ns = 2e6;
    uint64_t now;
    while ((now = vb_clock_ticks(state->link.clock)) < due) {
        double left_ns = (double)(due - now) * ns_per_tick;
        if (left_ns > 2 * oversleep_ns) {
            state->link.net->wait(NULL, 0, (int64_t)(left_ns - oversleep_ns));
        }
    }
}

static void run_scheduled(round_trips *state, intptr_t operations, int is_actual) {
    if (!is_actual || !state->was_actual) {
        state->start_ticks = vb_clock_ticks(state->link.clock);
        state->scheduled = 0;
    }
    for (intptr_t i = 0; i < operations; i++) {
        uint64_t due = state->start_ticks + (uint64_t)((double)state->scheduled++ * state->interval_ticks);
        wait_until(state, due);
        if (!vb_net_goes_on(&state->link) || !state->exchange(state)) {
            return;
        }
        record(state, is_actual, vb_clock_ticks(state->link.clock) - due);
    }
}

static void run_round_trips(void *context, intptr_t operations) {
    round_trips *state = context;
    int is_actual = vb_run_is_actual(state->link.run);
    if (!vb_net_goes_on(&state->link)) {
        return;
    }
    if (state->interval_ticks > 0) {
        run_scheduled(state, operations, is_actual);
    } else {
        run_full_speed(state, operations, is_actual);
    }
    state->was_actual = is_actual;
    state->done += is_actual ? (uint64_t)operations : 0;
}

static round_trips *open_state(vb_run *run, int (*exchange)(round_trips *)) {
    round_trips *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return NULL;
    }
    run->context = state;
    state->socket = VB_NET_CLOSED;
    state->exchange = exchange;
    if (vb_net_begin(run, &state->link) != VB_OK) {
        return NULL;
    }
    vb_metric_add(run, "work", 1, "round-trip");
    return state;
}

static vb_status open_on_socket(vb_run *run, vb_net_kind kind) {
    const int64_t fastest = 1000000;
    int64_t rate = vb_parameter_integer(run, "rate", 0);
    if (rate < 0 || rate > fastest) {
        return vb_fail(run, "rate must be between 0 (full speed) and 1000000 a second");
    }
    round_trips *state = open_state(run, kind == VB_NET_TCP ? exchange_tcp : exchange_datagram);
    if (state == NULL || (state->socket = vb_net_connect(&state->link, kind)) < 0) {
        return VB_FAILED;
    }
    state->interval_ticks = rate > 0 ? state->link.clock->hz / (double)rate : 0;
    if (kind == VB_NET_UDP) {
        state->link.net->set_timeout(state->socket, RESEND_NS);
    }
    return VB_OK;
}

/* The first exchange is made here: a server that is not there is told before anything is measured. */
static vb_status open_tcp(vb_run *run) {
    const uint8_t kind = VB_NET_ECHO;
    round_trips *state;
    if (open_on_socket(run, VB_NET_TCP) != VB_OK) {
        return VB_FAILED;
    }
    state = run->context;
    return vb_net_send_all(&state->link, state->socket, &kind, 1) && state->exchange(state) ? VB_OK : VB_FAILED;
}

static vb_status open_datagram(vb_run *run) {
    return open_on_socket(run, VB_NET_UDP) == VB_OK && exchange_datagram(run->context) ? VB_OK : VB_FAILED;
}

static vb_status open_connections(vb_run *run) {
    round_trips *state = open_state(run, exchange_connection);
    return state != NULL && state->exchange(state) ? VB_OK : VB_FAILED;
}

static vb_status verify_times(vb_run *run, const char *name) {
    const round_trips *state = run->context;
    if (state->done != state->times.count) {
        return vb_fail(run, "not every operation was timed");
    }
    vb_net_report_bytes(&state->link);
    return vb_report_times(run, name, &state->times);
}

static vb_status verify_tcp(vb_run *run) {
    return verify_times(run, "rtt");
}

static vb_status verify_datagrams(vb_run *run) {
    const round_trips *state = run->context;
    vb_metric_add(run, "lost", (double)state->lost, "datagram");
    return verify_times(run, "rtt");
}

static vb_status verify_connections(vb_run *run) {
    return verify_times(run, "connection");
}

static void close_round_trips(vb_run *run) {
    round_trips *state = run->context;
    if (state == NULL) {
        return;
    }
    if (state->socket >= 0) {
        state->link.net->close(state->socket);
    }
    vb_platform_unmap(state, sizeof(*state));
}

const vb_probe vb_net_tcp_rr = {
    .id = "net.tcp-rr",
    .parameters = "rate=0",
    .open = open_tcp,
    .workload = run_round_trips,
    .verify = verify_tcp,
    .close = close_round_trips,
};

const vb_probe vb_net_udp_rr = {
    .id = "net.udp-rr",
    .parameters = "rate=0",
    .open = open_datagram,
    .workload = run_round_trips,
    .verify = verify_datagrams,
    .close = close_round_trips,
};

const vb_probe vb_net_tcp_crr = {
    .id = "net.tcp-crr",
    .parameters = "",
    .open = open_connections,
    .workload = run_round_trips,
    .verify = verify_connections,
    .close = close_round_trips,
};
