/* The interrupt controller, as far as one CPU interrupts another. */
#ifndef UK_GIC_H
#define UK_GIC_H

#include <stdint.h>

/* Whether there is one that is known. */
int uk_gic_found(void);
/* To be called by the CPU that sends, and by the one that receives; `index` is the receiver's number. */
void uk_gic_start_sender(void);
void uk_gic_start_receiver(uint32_t index);
void uk_gic_send(uint32_t index, uint64_t mpidr);
/* Takes the interrupt that is pending, and ends it. */
void uk_gic_answer(void);

#endif
