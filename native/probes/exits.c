/*
 * exit.io, exit.mmio, exit.hypercall, exit.ipi: what it costs to leave the virtual machine and come back, by the ways that only a kernel
 * can take. Which port, register or convention it is, the port to the system knows; the transcript names it.
 */
#include "exits.h"
#include "catalogue.h"

static const char *const ids[] = {
    [VB_EXIT_IO] = "exit.io",
    [VB_EXIT_MMIO] = "exit.mmio",
    [VB_EXIT_HYPERCALL] = "exit.hypercall",
    [VB_EXIT_IPI] = "exit.ipi",
};

VB_GENERAL_REGISTERS int vb_exits_prepare(exits *state, vb_exit_kind kind) {
    const vb_platform_os *os = vb_platform_os_calls();
    vb_platform_exit found = {NULL, "only a kernel may do this, and this program is none"};
    if (os->find_exit != NULL) {
        os->find_exit(kind, &found);
    }
    state->leave = found.leave;
    state->what = found.what;
    state->wrong = 0;
    if (found.leave == NULL) {
        return 0;
    }
    state->first = found.leave();
    return 1;
}

VB_GENERAL_REGISTERS int vb_exits_kind(const char *id, size_t length) {
    for (int kind = 0; kind < (int)(sizeof(ids) / sizeof(ids[0])); kind++) {
        size_t i = 0;
        while (i < length && ids[kind][i] == id[i] && id[i] != '\0') {
            i++;
        }
        if (i == length && ids[kind][i] == '\0') {
            return kind;
        }
    }
    return -1;
}

VB_GENERAL_REGISTERS void vb_exits_leave(void *context, intptr_t operations) {
    exits *state = context;
    uint64_t (*leave)(void) = state->leave;
    uint64_t first = state->first, wrong = 0;
    for (intptr_t i = 0; i < operations; i++) {
        wrong += leave() != first;
    }
    state->wrong += wrong;
}

static vb_status open_exits(vb_run *run, vb_exit_kind kind) {
    exits *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    if (!vb_exits_prepare(state, kind)) {
        return vb_unsupported(run, state->what);
    }
    vb_run_note(run, "exit", state->what);
    vb_metric_add(run, "work", 1, "call");
    return VB_OK;
}

static vb_status open_io(vb_run *run) {
    return open_exits(run, VB_EXIT_IO);
}

static vb_status open_mmio(vb_run *run) {
    return open_exits(run, VB_EXIT_MMIO);
}

static vb_status open_hypercall(vb_run *run) {
    return open_exits(run, VB_EXIT_HYPERCALL);
}

static vb_status open_ipi(vb_run *run) {
    return open_exits(run, VB_EXIT_IPI);
}

static vb_status verify_exits(vb_run *run) {
    const exits *state = run->context;
    return state->wrong == 0 ? VB_OK : vb_fail(run, "an exit was answered differently from the first, or not at all");
}

static void close_exits(vb_run *run) {
    if (run->context != NULL) {
        vb_platform_unmap(run->context, sizeof(exits));
    }
}

#define EXIT_PROBE(name, identifier, opening)                                                                                              \
    const vb_probe name = {                                                                                                                \
        .id = (identifier),                                                                                                                \
        .parameters = "",                                                                                                                  \
        .open = (opening),                                                                                                                 \
        .workload = vb_exits_leave,                                                                                                        \
        .verify = verify_exits,                                                                                                            \
        .close = close_exits,                                                                                                              \
    }

EXIT_PROBE(vb_exit_io, "exit.io", open_io);
EXIT_PROBE(vb_exit_mmio, "exit.mmio", open_mmio);
EXIT_PROBE(vb_exit_hypercall, "exit.hypercall", open_hypercall);
EXIT_PROBE(vb_exit_ipi, "exit.ipi", open_ipi);
