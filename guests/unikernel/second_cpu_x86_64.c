/* A second processor that waits for interrupts: INIT and start-up IPIs from the local APIC (Intel SDM volume 3, 11.4.4). */
#include "exceptions_x86_64.h"
#include "io_x86_64.h"
#include "kernel.h"
#include "processor.h"

enum {
    APIC_ID = 0x20,
    APIC_SPURIOUS = 0xf0,
    APIC_COMMAND_LOW = 0x300,
    APIC_COMMAND_HIGH = 0x310,
    APIC_ENABLED = 0x100,
    COMMAND_ASSERT = 0x4000,
    COMMAND_INIT = 0x500,
    COMMAND_STARTUP = 0x600,
    TRAMPOLINE = 0x8000, /* memory below 1 MiB that nobody uses after boot */
};

static const uint64_t apic = 0xfee00000, second_ns = 1000000000;

extern char uk_trampoline[], uk_trampoline_end[];
void uk_second_cpu_interrupted(void);

volatile uint64_t uk_second_cpu_answers; /* counted by the handler in second_cpu_start_x86_64.S */
static volatile int is_waiting;
static uint32_t identity;

static void command(uint32_t what) {
    *mmio32(apic + APIC_COMMAND_HIGH) = identity << 24;
    *mmio32(apic + APIC_COMMAND_LOW) = what;
}

/* Waits for at most a second until *word is no longer `from`; returns whether it is. */
static int wait_for_change(volatile uint64_t *word, uint64_t from) {
    for (int i = 0; i < 1024; i++) { /* as a rule it takes less time than reading the clock is worth */
        if (*word != from) {
            return 1;
        }
        uk_processor_relax();
    }
    for (uint64_t begin = uk_clock_ns(); uk_clock_ns() - begin < second_ns;) {
        if (*word != from) {
            return 1;
        }
        uk_processor_relax();
    }
    return 0;
}

static int find_other(void) {
    uint32_t own = *mmio32(apic + APIC_ID) >> 24;
    for (int i = 0; i < uk_machine_found.cpu_count; i++) {
        if (uk_machine_found.cpus[i] != own) {
            identity = (uint32_t)uk_machine_found.cpus[i];
            return 1;
        }
    }
    return 0;
}

_Noreturn void uk_second_cpu_main(void) {
    extern _Noreturn void uk_second_cpu_wait(void);
    uk_exceptions_start(1);
    *mmio32(apic + APIC_SPURIOUS) = APIC_ENABLED | UK_VECTOR_SPURIOUS;
    is_waiting = 1;
    uk_second_cpu_answers = 1;
    uk_second_cpu_wait();
}

const char *uk_second_cpu_start(void) {
    if (is_waiting) {
        return NULL;
    }
    if (!find_other()) {
        return "there is no second vCPU";
    }
    char *to = (char *)TRAMPOLINE;
    for (char *from = uk_trampoline; from < uk_trampoline_end; from++) {
        *to++ = *from;
    }
    uk_exceptions_set(UK_VECTOR_IPI, uk_second_cpu_interrupted);
    uk_exceptions_set(UK_VECTOR_SPURIOUS, uk_second_cpu_interrupted);
    *mmio32(apic + APIC_SPURIOUS) |= APIC_ENABLED;
    command(COMMAND_ASSERT | COMMAND_INIT);
    command(COMMAND_ASSERT | COMMAND_STARTUP | TRAMPOLINE / UK_FRAME);
    return wait_for_change(&uk_second_cpu_answers, 0) ? NULL : "the second vCPU does not start";
}

uint64_t uk_second_cpu_interrupt(void) {
    uint64_t before = uk_second_cpu_answers;
    command(COMMAND_ASSERT | UK_VECTOR_IPI);
    return !wait_for_change(&uk_second_cpu_answers, before);
}
