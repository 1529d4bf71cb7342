#include "cpu.h"

unsigned vb_cpu_detect(void) {
    uint64_t instructions;
    /* Readable at EL0 because the kernel emulates it (Linux 4.11 and later), and at EL1 as it is. */
    __asm__ volatile("mrs %0, id_aa64isar0_el1" : "=r"(instructions));
    int sha2 = (instructions >> 12 & 15) != 0;
    return VB_CPU_VECTOR128 | (sha2 ? VB_CPU_SHA256 : 0u);
}

uint64_t vb_cpu_detect_cache(void) {
    return 0; /* CCSIDR_EL1 is not readable at EL0 */
}
