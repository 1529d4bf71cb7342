/* The end: semihosting where QEMU has it switched on, since that takes a status; else PSCI. */
#include "devices_aarch64.h"
#include "exceptions_aarch64.h"
#include "kernel.h"
#include "psci_aarch64.h"

uint64_t uk_psci_call(uint64_t function, uint64_t a, uint64_t b, uint64_t c) {
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;
    if (uk_devices_found.psci_by_smc) {
        __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
    } else {
        __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
    }
    return x0;
}

/* SYS_EXIT_EXTENDED of "Semihosting for AArch32 and AArch64", which takes a reason and a status. Undefined where there is none. */
static void end_by_semihosting(int status) {
    const uint64_t application_exit = 0x20026;
    const uint64_t block[2] = {application_exit, (uint64_t)status};
    register uint64_t operation __asm__("x0") = 0x20;
    register const uint64_t *parameters __asm__("x1") = block;
    uk_exception_expected = 1;
    __asm__ volatile("hlt #0xf000" : "+r"(operation) : "r"(parameters) : "memory");
}

_Noreturn void uk_power_off(int status) {
    static int tried;
    if (!tried++) {
        end_by_semihosting(status);
    }
    for (;;) {
        uk_psci_call(UK_PSCI_SYSTEM_OFF, 0, 0, 0);
    }
}
