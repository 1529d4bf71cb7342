/* PCI Local Bus Specification 3.0, chapter 6. */
#include "pci.h"
#include <stddef.h>

enum { IDENTITY = 0, COMMAND = 4, REGION_0 = 0x10, CAPABILITIES = 0x34, REGIONS = 6, SLOTS = 32 };

static uint64_t window_used;

int uk_pci_find(uint16_t vendor, uint16_t device, uint16_t or_device) {
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        uint32_t identity = uk_pci_read(slot, IDENTITY);
        if ((uint16_t)identity == vendor && (identity >> 16 == device || identity >> 16 == or_device)) {
            return (int)slot;
        }
    }
    return -1;
}

unsigned uk_pci_capability(unsigned slot, uint8_t identity, unsigned after) {
    unsigned at = after == 0 ? uk_pci_read(slot, CAPABILITIES) & 0xfc : uk_pci_read(slot, after) >> 8 & 0xfc;
    for (int most = 48; at != 0 && most > 0; most--) { /* as many as fit: a list that bites its tail ends too */
        uint32_t head = uk_pci_read(slot, at);
        if ((uint8_t)head == identity) {
            return at;
        }
        at = head >> 8 & 0xfc;
    }
    return 0;
}

/* Firmware may not have been there, or have put the region where no page table of ours leads. */
static uint32_t place(unsigned slot, unsigned offset, int is_wide) {
    uk_pci_write(slot, offset, UINT32_MAX);
    uint64_t bytes = (uint32_t) ~(uk_pci_read(slot, offset) & ~15u) + UINT64_C(1);
    uint64_t start = (uk_pci_window() + window_used + bytes - 1) & -bytes;
    window_used = start + bytes - uk_pci_window();
    uk_pci_write(slot, offset, (uint32_t)start);
    if (is_wide) {
        uk_pci_write(slot, offset + 4, 0);
    }
    return (uint32_t)start;
}

volatile uint8_t *uk_pci_region(unsigned slot, unsigned number) {
    const uint32_t is_port = 1, kind = 6, kind_wide = 4;
    if (number >= REGIONS) {
        return NULL;
    }
    unsigned offset = REGION_0 + 4 * number;
    uint32_t low = uk_pci_read(slot, offset);
    int is_wide = (low & kind) == kind_wide;
    if ((low & is_port) != 0) {
        return NULL;
    }
    uint32_t start = low & ~15u;
    if (start == 0 || (is_wide && uk_pci_read(slot, offset + 4) != 0)) {
        start = place(slot, offset, is_wide);
    }
    return (volatile uint8_t *)(uintptr_t)start;
}

void uk_pci_enable(unsigned slot) {
    const uint32_t memory = 1u << 1, master = 1u << 2, no_interrupt = 1u << 10;
    uk_pci_write(slot, COMMAND, (uk_pci_read(slot, COMMAND) & 0xffff) | memory | master | no_interrupt);
}
