/*
 * The end: QEMU's isa-debug-exit, which also takes a status; then ACPI; then a reset, which ends a QEMU that was started with -no-reboot.
 * The values of S5 are in ACPI's bytecode, which nobody interprets here: 0 in PIIX4 and ICH9 as QEMU has them, 5 on microvm.
 */
#include "acpi_x86_64.h"
#include "io_x86_64.h"
#include "kernel.h"
#include "processor.h"

enum { DEBUG_EXIT_PORT = 0xf4, KEYBOARD_PORT = 0x64, KEYBOARD_RESET = 0xfe };

/* Half a second or so; the clock's rate need not be known. Whoever is asked to end the machine may take a while, and must not be asked for
   something else meanwhile. */
static void give_time(void) {
    const uint64_t ticks = 1u << 31;
    for (uint64_t begin = uk_clock_ticks(); uk_clock_ticks() - begin < ticks;) {
        uk_processor_relax();
    }
}

_Noreturn void uk_power_off(int status) {
    const uint16_t sleep_enable = 1u << 13;
    const uint8_t sleep_enable_5 = 1u << 5 | 5u << 2;
    io_write8(DEBUG_EXIT_PORT, (uint8_t)status); /* QEMU's status is then 2 * status + 1 */
    const uk_acpi *acpi = uk_acpi_tables();
    if (acpi->control_port != 0) {
        io_write16(acpi->control_port, sleep_enable);
        give_time();
    }
    if (acpi->sleep_control != 0) {
        *(volatile uint8_t *)(uintptr_t)acpi->sleep_control = sleep_enable_5;
        give_time();
    }
    io_write8(KEYBOARD_PORT, KEYBOARD_RESET);
    give_time();
    struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } nothing = {0, 0};
    for (;;) {
        __asm__ volatile("lidt %0\n\tud2" : : "m"(nothing)); /* an exception without a table for it: the processor shuts down */
    }
}
