/* Where the devices are, as the device tree says; 0: there is none. */
#ifndef UK_DEVICES_H
#define UK_DEVICES_H

#include <stdint.h>

typedef struct uk_devices {
    uint64_t serial;             /* a PL011 */
    uint64_t virtio;             /* one of the virtio transports in memory */
    uint64_t gic, gic_processor; /* distributor; CPU interface (version 2) or redistributors (3) */
    uint64_t pci, pci_window;    /* configuration space; where 32-bit addresses of devices lead. See uk_device_tree_read_pci. */
    int gic_version;
    int psci_by_smc;
} uk_devices;

extern uk_devices uk_devices_found;

static inline volatile uint32_t *mmio32(uint64_t address) {
    return (volatile uint32_t *)(uintptr_t)address;
}

/* Reads the tree: devices, and the machine's memory, CPUs and command line. */
void uk_device_tree_read(const void *tree);
/* Reads the same tree again, for PCI alone. Before memory is handed out: the tree stands in it. */
void uk_device_tree_read_pci(void);

#endif
