/*
 * os.cpuid: an instruction that a hypervisor has to intercept. x86-64: CPUID leaf 0, a VM exit by definition. arm64: ID_AA64ISAR0_EL1,
 * which a kernel emulates for a process, and which a hypervisor intercepts for a kernel.
 */
#include "catalogue.h"
#include "cpu.h"
#include "state.h"
#include "vb_platform.h"

static inline uint64_t identify(void) {
#if defined(__x86_64__)
    uint32_t registers[4]; /* the highest leaf, and the vendor's name in EBX, EDX, ECX */
    vb_cpuid(0, 0, registers);
    return (uint64_t)registers[0] << 32 ^ registers[1] ^ (uint64_t)registers[2] << 16 ^ (uint64_t)registers[3] << 8;
#else
    uint64_t value;
    __asm__ volatile("mrs %0, id_aa64isar0_el1" : "=r"(value));
    return value;
#endif
}

static void run_identify(void *context, intptr_t operations) {
    identity *state = context;
    uint64_t first = state->first, wrong = 0;
    for (intptr_t i = 0; i < operations; i++) {
        wrong += identify() != first;
    }
    state->wrong += wrong;
}

static vb_status open_identity(vb_run *run) {
    identity *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    state->first = identify();
    vb_metric_add(run, "work", 1, "call");
    return VB_OK;
}

static vb_status verify_identity(vb_run *run) {
    const identity *state = run->context;
    return state->wrong == 0 ? VB_OK : vb_fail(run, "the CPU changed its identity");
}

static void close_identity(vb_run *run) {
    if (run->context != NULL) {
        vb_platform_unmap(run->context, sizeof(identity));
    }
}

const vb_probe vb_os_cpuid = {
    .id = "os.cpuid",
    .parameters = "",
    .open = open_identity,
    .workload = run_identify,
    .verify = verify_identity,
    .close = close_identity,
};
