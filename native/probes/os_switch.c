/* os.pipe and os.thread: a token to a partner in another process, or another thread, and its answer back. */
#include "catalogue.h"
#include "state.h"
#include "vb_platform.h"

static vb_status open_pair(vb_run *run, void *(*open)(void), int (*round_trip)(void *, int), void (*close)(void *), const char *otherwise) {
    if (open == NULL) {
        return vb_unsupported(run, otherwise);
    }
    ping_pong *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    *state = (ping_pong){.round_trip = round_trip, .close = close, .pair = open()};
    if (state->pair == NULL) {
        return vb_unsupported(run, otherwise);
    }
    vb_metric_add(run, "work", 1, "round-trip");
    return VB_OK;
}

static vb_status open_pipe(vb_run *run) {
    const vb_platform_os *os = vb_platform_os_calls();
    return open_pair(run, os->pipe_open, os->pipe_round_trip, os->pipe_close, "this system starts no second process");
}

static vb_status open_thread(vb_run *run) {
    const vb_platform_os *os = vb_platform_os_calls();
    return open_pair(run, os->thread_open, os->thread_round_trip, os->thread_close, "this system starts no second thread");
}

static void run_round_trips(void *context, intptr_t operations) {
    ping_pong *state = context;
    uint64_t wrong = 0;
    for (intptr_t i = 0; i < operations; i++) {
        int token = (int)(i & 255);
        wrong += state->round_trip(state->pair, token) != ((token + 1) & 255);
    }
    state->wrong += wrong;
}

static vb_status verify_pair(vb_run *run) {
    const ping_pong *state = run->context;
    return state->wrong == 0 ? VB_OK : vb_fail(run, "the partner's answer was wrong or did not come");
}

static void close_pair(vb_run *run) {
    ping_pong *state = run->context;
    if (state == NULL) {
        return;
    }
    if (state->pair != NULL) {
        state->close(state->pair);
    }
    vb_platform_unmap(state, sizeof(*state));
}

const vb_probe vb_os_pipe = {
    .id = "os.pipe",
    .parameters = "",
    .open = open_pipe,
    .workload = run_round_trips,
    .verify = verify_pair,
    .close = close_pair,
};

const vb_probe vb_os_thread = {
    .id = "os.thread",
    .parameters = "",
    .open = open_thread,
    .workload = run_round_trips,
    .verify = verify_pair,
    .close = close_pair,
};
