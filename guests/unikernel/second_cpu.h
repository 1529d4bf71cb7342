/* What second_cpu.c needs of the architecture. */
#ifndef UK_SECOND_CPU_H
#define UK_SECOND_CPU_H

#include <stdint.h>

/* Whether the CPU of this identity is the one that runs now. */
int uk_second_cpu_is_this(uint64_t identity);
/* Has it begin. Returns NULL, or why it cannot. */
const char *uk_second_cpu_power_on(int index, uint64_t identity);
void uk_second_cpu_send(void);
/* Waits for interrupts for ever; each adds 1 to the answers. */
_Noreturn void uk_second_cpu_wait(void);

extern volatile uint64_t uk_second_cpu_answers;

#endif
