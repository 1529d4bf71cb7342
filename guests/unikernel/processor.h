/* What the processor does for the kernel: processor_ARCH.c. */
#ifndef UK_PROCESSOR_H
#define UK_PROCESSOR_H

#include <stddef.h>
#include <stdint.h>

/* Lets programs use the vector registers that the processor has. Never called in a raw run: one vector instruction there is a fault. */
void uk_processor_enable_vectors(void);

/* Clears memory; whole multiples of 64 bytes. */
void uk_processor_zero(void *address, size_t bytes);

/* Makes new page table entries visible; forgets translations of a range that has none any more. */
void uk_processor_pages_mapped(void);
void uk_processor_pages_unmapped(uintptr_t start, uintptr_t end);

/* For those who provoke faults. The second is one that nobody may use before the vectors are enabled. */
void uk_processor_undefined_instruction(void);
void uk_processor_vector_instruction(void);

/* To be called while waiting for another CPU, for whoever runs both on one. */
static inline void uk_processor_relax(void) {
#if defined(__x86_64__)
    __asm__ volatile("pause" ::: "memory");
#else
    __asm__ volatile("yield" ::: "memory");
#endif
}

#endif
