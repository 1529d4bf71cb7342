/* os.syscall and os.clock: one call of the system's cheapest service, and of the clock that programs use. */
#include "catalogue.h"
#include "state.h"
#include "vb_platform.h"

static vb_status open_calls(vb_run *run, int has_call, const char *otherwise) {
    if (!has_call) {
        return vb_unsupported(run, otherwise);
    }
    calls *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    state->os = vb_platform_os_calls();
    vb_metric_add(run, "work", 1, "call");
    return VB_OK;
}

static void close_calls(vb_run *run) {
    if (run->context != NULL) {
        vb_platform_unmap(run->context, sizeof(calls));
    }
}

static void run_getppid(void *context, intptr_t operations) {
    calls *state = context;
    long (*getppid)(void) = state->os->getppid;
    long parent = state->parent;
    uint64_t wrong = 0;
    for (intptr_t i = 0; i < operations; i++) {
        wrong += getppid() != parent;
    }
    state->wrong += wrong;
}

static vb_status open_syscall(vb_run *run) {
    if (open_calls(run, vb_platform_os_calls()->getppid != NULL, "this system has no processes, so no getppid") != VB_OK) {
        return VB_FAILED;
    }
    calls *state = run->context;
    state->parent = state->os->getppid();
    return VB_OK;
}

static vb_status verify_syscall(vb_run *run) {
    const calls *state = run->context;
    return state->wrong == 0 ? VB_OK : vb_fail(run, "getppid changed its answer");
}

static void run_clock(void *context, intptr_t operations) {
    calls *state = context;
    int64_t (*clock)(void) = state->os->clock_monotonic;
    int64_t latest = state->latest;
    uint64_t backwards = 0;
    for (intptr_t i = 0; i < operations; i++) {
        int64_t now = clock();
        backwards += now < latest;
        latest = now;
    }
    state->latest = latest;
    state->wrong += backwards;
}

static vb_status open_clock(vb_run *run) {
    if (open_calls(run, vb_platform_os_calls()->clock_monotonic != NULL, "this system has no monotonic clock call") != VB_OK) {
        return VB_FAILED;
    }
    calls *state = run->context;
    state->earliest = state->latest = state->os->clock_monotonic();
    return VB_OK;
}

static vb_status verify_clock(vb_run *run) {
    const calls *state = run->context;
    if (state->wrong != 0) {
        return vb_fail(run, "the monotonic clock went backwards");
    }
    return state->latest > state->earliest ? VB_OK : vb_fail(run, "the monotonic clock stood still");
}

const vb_probe vb_os_syscall = {
    .id = "os.syscall",
    .parameters = "",
    .open = open_syscall,
    .workload = run_getppid,
    .verify = verify_syscall,
    .close = close_calls,
};

const vb_probe vb_os_clock = {
    .id = "os.clock",
    .parameters = "",
    .open = open_clock,
    .workload = run_clock,
    .verify = verify_clock,
    .close = close_calls,
};
