/* Configuration mechanism #1: an address port and a data port. */
#include "io_x86_64.h"
#include "pci.h"

enum { ADDRESS_PORT = 0xcf8, DATA_PORT = 0xcfc };
static const uint32_t enabled = 1u << 31;

int uk_pci_found(void) {
    io_write32(ADDRESS_PORT, enabled);
    return io_read32(ADDRESS_PORT) == enabled;
}

uint32_t uk_pci_read(unsigned slot, unsigned offset) {
    io_write32(ADDRESS_PORT, enabled | slot << 11 | offset);
    return io_read32(DATA_PORT);
}

void uk_pci_write(unsigned slot, unsigned offset, uint32_t value) {
    io_write32(ADDRESS_PORT, enabled | slot << 11 | offset);
    io_write32(DATA_PORT, value);
}

/* In the hole below the I/O APIC that QEMU's PC machines all have; firmware fills it from its other end, or was not there. */
uint64_t uk_pci_window(void) {
    return 0xfd000000;
}
