/* What ACPI says of the machine, as far as it is needed. */
#ifndef UK_ACPI_H
#define UK_ACPI_H

#include <stdint.h>

typedef struct uk_acpi {
    uint16_t timer_port;    /* of the power management timer, 3.579545 MHz; 0: none */
    uint16_t control_port;  /* PM1a_CNT: powers off; 0: none */
    uint64_t sleep_control; /* the same on hardware-reduced machines, in memory; 0: none */
} uk_acpi;

extern uk_acpi uk_acpi_found;

/* Reads the tables that start at the RSDP (0: there are none), and fills in the machine's CPUs. */
void uk_acpi_read(uint64_t rsdp);

#endif
