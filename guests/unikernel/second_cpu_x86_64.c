/* A second CPU: INIT and start-up IPIs of the local APIC start it (Intel SDM volume 3, 11.4.4), another interrupts it. */
#include "exceptions_x86_64.h"
#include "io_x86_64.h"
#include "kernel.h"
#include "second_cpu.h"

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

static const uint64_t apic = 0xfee00000;
static uint32_t address; /* its APIC's */

static void command(uint32_t what) {
    *mmio32(apic + APIC_COMMAND_HIGH) = address << 24;
    *mmio32(apic + APIC_COMMAND_LOW) = what;
}

int uk_second_cpu_is_this(uint64_t identity) {
    return *mmio32(apic + APIC_ID) >> 24 == identity;
}

const char *uk_second_cpu_power_on(int index, uint64_t identity) {
    (void)index;
    extern char uk_trampoline[], uk_trampoline_end[];
    extern void uk_second_cpu_interrupted(void);
    char *to = (char *)TRAMPOLINE;
    for (const char *from = uk_trampoline; from < uk_trampoline_end; from++) {
        *to++ = *from;
    }
    address = (uint32_t)identity;
    uk_exceptions_set(UK_VECTOR_IPI, uk_second_cpu_interrupted);
    uk_exceptions_set(UK_VECTOR_SPURIOUS, uk_second_cpu_wait);
    *mmio32(apic + APIC_SPURIOUS) |= APIC_ENABLED;
    command(COMMAND_ASSERT | COMMAND_INIT);
    command(COMMAND_ASSERT | COMMAND_STARTUP | TRAMPOLINE / UK_FRAME);
    return NULL;
}

void uk_second_cpu_send(void) {
    command(COMMAND_ASSERT | UK_VECTOR_IPI);
}

_Noreturn void uk_second_cpu_main(void) {
    uk_exceptions_start(1);
    *mmio32(apic + APIC_SPURIOUS) = APIC_ENABLED | UK_VECTOR_SPURIOUS;
    uk_second_cpu_answers = 1;
    uk_second_cpu_wait();
}
