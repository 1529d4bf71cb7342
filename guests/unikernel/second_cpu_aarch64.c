/* A second CPU: PSCI starts it, the GIC interrupts it. */
#include "gic_aarch64.h"
#include "kernel.h"
#include "psci_aarch64.h"
#include "second_cpu.h"

static uint32_t number;
static uint64_t address; /* its affinity */

int uk_second_cpu_is_this(uint64_t identity) {
    const uint64_t affinity = 0xff00ffffff;
    uint64_t own;
    __asm__ volatile("mrs %0, mpidr_el1" : "=r"(own));
    return (own & affinity) == identity;
}

const char *uk_second_cpu_power_on(int index, uint64_t identity) {
    extern char uk_second_cpu_entry[];
    if (!uk_gic_found()) {
        return "an interrupt controller that is neither GICv2 nor GICv3";
    }
    number = (uint32_t)index;
    address = identity;
    uk_gic_start_sender();
    return uk_psci_call(UK_PSCI_CPU_ON, identity, (uintptr_t)uk_second_cpu_entry, 0) == 0 ? NULL : "PSCI does not start the second vCPU";
}

void uk_second_cpu_send(void) {
    uk_gic_send(number, address);
}

/* Called on the second CPU. */
void uk_second_cpu_answer(void);
void uk_second_cpu_answer(void) {
    uk_gic_answer();
    uk_second_cpu_answers++;
}

_Noreturn void uk_second_cpu_main(void) {
    uk_gic_start_receiver(number);
    uk_second_cpu_answers = 1;
    uk_second_cpu_wait();
}
