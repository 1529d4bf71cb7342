/* The configuration space in memory (ECAM), which the virt machine has above what the page tables of the image cover. */
#include "devices_aarch64.h"
#include "kernel.h"
#include "paging.h"
#include "pci.h"
#include "processor.h"

static uintptr_t space;

int uk_pci_found(void) {
    const uint64_t gigabyte = (uint64_t)1 << 30;
    uk_device_tree_read_pci();
    uint64_t physical = uk_devices_found.pci;
    if (physical == 0 || uk_devices_found.pci_window == 0) {
        return 0;
    }
    space = (uintptr_t)physical;
    if (physical >= UK_AREAS_START) {
        uk_areas_table[UK_DEVICE_GIGABYTE / gigabyte] = (physical & -gigabyte) | UK_ENTRY_DEVICE_BLOCK;
        uk_processor_pages_mapped();
        space = UK_DEVICE_GIGABYTE | (physical & (gigabyte - 1));
    }
    return 1;
}

uint32_t uk_pci_read(unsigned slot, unsigned offset) {
    return *mmio32(space + (slot << 15 | offset));
}

void uk_pci_write(unsigned slot, unsigned offset, uint32_t value) {
    *mmio32(space + (slot << 15 | offset)) = value;
}

uint64_t uk_pci_window(void) {
    return uk_devices_found.pci_window;
}
