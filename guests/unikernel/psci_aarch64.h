/* Calls of the Power State Coordination Interface, Arm DEN 0022. */
#ifndef UK_PSCI_H
#define UK_PSCI_H

#include <stdint.h>

#define UK_PSCI_VERSION UINT64_C(0x84000000)
#define UK_PSCI_CPU_ON UINT64_C(0xc4000003)
#define UK_PSCI_SYSTEM_OFF UINT64_C(0x84000008)

uint64_t uk_psci_call(uint64_t function, uint64_t a, uint64_t b, uint64_t c);

#endif
