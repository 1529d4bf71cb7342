/* ACPI's fixed tables, FADT and MADT: ACPI Specification 6.5, sections 5.2.5 to 5.2.12. No bytecode. */
#include "acpi_x86_64.h"
#include "kernel.h"

uint64_t uk_acpi_root;
static uk_acpi found;

/* Fields stand unaligned. */
static uint32_t read32(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint64_t read64(const uint8_t *at) {
    return read32(at) | (uint64_t)read32(at + 4) << 32;
}

static int has_signature(const uint8_t *table, const char *signature) {
    for (int i = 0; i < 4; i++) {
        if (table[i] != (uint8_t)signature[i]) {
            return 0;
        }
    }
    return 1;
}

static uint32_t length_of(const uint8_t *table) {
    return read32(table + 4);
}

static void read_fixed(const uint8_t *fadt) {
    const uint32_t hardware_reduced = 1u << 20;
    const uint8_t in_memory = 0;
    uint32_t length = length_of(fadt);
    if (length >= 256 && (read32(fadt + 112) & hardware_reduced) != 0) {
        found.sleep_control = fadt[244] == in_memory ? read64(fadt + 248) : 0;
        return;
    }
    found.control_port = (uint16_t)read32(fadt + 64);
    found.timer_port = fadt[91] == 4 ? (uint16_t)read32(fadt + 76) : 0;
}

static void read_processors(const uint8_t *madt) {
    enum { LOCAL_APIC = 0 };
    const uint32_t enabled = 1;
    uint32_t length = length_of(madt);
    for (uint32_t at = 44; at + 8 <= length && madt[at + 1] >= 2; at += madt[at + 1]) {
        int counts = madt[at] == LOCAL_APIC && (read32(madt + at + 4) & enabled) != 0;
        if (counts && uk_machine_found.cpu_count < UK_CPU_MAX) {
            uk_machine_found.cpus[uk_machine_found.cpu_count++] = madt[at + 3];
        }
    }
}

static void read_table(const uint8_t *table) {
    if (has_signature(table, "FACP")) {
        read_fixed(table);
    } else if (has_signature(table, "APIC")) {
        read_processors(table);
    }
}

static void read_root(const uint8_t *rsdp) {
    int has_wide = rsdp[15] >= 2 && read64(rsdp + 24) != 0;
    const uint8_t *root = (const uint8_t *)(uintptr_t)(has_wide ? read64(rsdp + 24) : read32(rsdp + 16));
    uint32_t length = length_of(root), step = has_wide ? 8 : 4;
    for (uint32_t at = 36; at + step <= length; at += step) {
        read_table((const uint8_t *)(uintptr_t)(has_wide ? read64(root + at) : read32(root + at)));
    }
}

const uk_acpi *uk_acpi_tables(void) {
    static int was_read;
    const uint8_t *rsdp = (const uint8_t *)(uintptr_t)uk_acpi_root;
    if (!was_read++ && rsdp != NULL && has_signature(rsdp, "RSD ")) {
        read_root(rsdp);
    }
    return &found;
}
