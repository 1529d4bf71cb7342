/* What ACPI says of the machine, as far as it is needed. */
#ifndef UK_ACPI_H
#define UK_ACPI_H

#include <stdint.h>

typedef struct uk_acpi {
    uint16_t timer_port;    /* of the power management timer, 3.579545 MHz; 0: none */
    uint16_t control_port;  /* PM1a_CNT: powers off; 0: none */
    uint64_t sleep_control; /* the same on hardware-reduced machines, in memory; 0: none */
} uk_acpi;

/* Where the tables start (the RSDP); 0: there are none. */
extern uint64_t uk_acpi_root;

/*
 * Reads the tables at the first call, and fills in the machine's CPUs. Not at boot, where it would stand before the first line; but early,
 * as firmware can have them in memory that it calls usable: the clock asks before any probe has memory.
 */
const uk_acpi *uk_acpi_tables(void);

#endif
