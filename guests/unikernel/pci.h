/* PCI bus 0: its devices' configuration space, and where their registers are in memory. */
#ifndef UK_PCI_H
#define UK_PCI_H

#include <stdint.h>

/* ---- pci_ARCH.c ---- */

/* Whether there is a bus. To be asked before memory is handed out: what tells may stand in it. */
int uk_pci_found(void);
/* A word of the configuration space of function 0 in a slot (0 to 31); all ones when nothing is there. */
uint32_t uk_pci_read(unsigned slot, unsigned offset);
void uk_pci_write(unsigned slot, unsigned offset, uint32_t value);
/* Where registers may be put that nobody has put anywhere: mapped, uncached, below 4 GiB, at least 16 MiB. */
uint64_t uk_pci_window(void);

/* ---- pci.c ---- */

/* The slot of a device with this vendor and one of these two identities; -1. */
int uk_pci_find(uint16_t vendor, uint16_t device, uint16_t or_device);
/* The next capability with this identity after `after` (0: from the first on); 0 when there is none. */
unsigned uk_pci_capability(unsigned slot, uint8_t identity, unsigned after);
/* Where a region of registers is, which may be put there now; NULL when it has none in memory. */
volatile uint8_t *uk_pci_region(unsigned slot, unsigned number);
/* Lets the device answer there and read and write memory; it interrupts nobody. */
void uk_pci_enable(unsigned slot);

#endif
