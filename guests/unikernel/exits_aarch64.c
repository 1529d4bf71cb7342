/* The ways out of an arm64 virtual machine. */
#include "devices_aarch64.h"
#include "kernel.h"
#include "psci_aarch64.h"

/* What a virtio transport in memory answers first of all, device or none. */
static uint64_t read_register(void) {
    return *mmio32(uk_devices_found.virtio);
}

static uint64_t call(void) {
    return uk_psci_call(UK_PSCI_VERSION, 0, 0, 0);
}

void uk_find_exit(vb_exit_kind kind, vb_platform_exit *exit) {
    *exit = (vb_platform_exit){NULL, "this architecture has no I/O ports"};
    if (kind == VB_EXIT_MMIO) {
        int found = uk_devices_found.virtio != 0;
        *exit = (vb_platform_exit){found ? read_register : NULL,
                                   found ? "virtio-mmio-magic" : "this machine has no virtio in memory, whose register could be read"};
    } else if (kind == VB_EXIT_HYPERCALL) {
        *exit = (vb_platform_exit){call, uk_devices_found.psci_by_smc ? "smc-psci-version" : "hvc-psci-version"};
    } else if (kind == VB_EXIT_IPI) {
        const char *why = uk_second_cpu_start();
        *exit = (vb_platform_exit){why == NULL ? uk_second_cpu_interrupt : NULL, why == NULL ? "ipi-to-halted-vcpu" : why};
    }
}
