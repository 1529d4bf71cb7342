/* The generic timer's virtual counter, and its rate as firmware or hypervisor set it. */
#include "kernel.h"

uint64_t uk_clock_ticks(void) {
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
    return ticks;
}

uint64_t uk_clock_find_hz(void) {
    uint64_t hz;
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
    if (hz == 0) {
        uk_fault("nobody has set the counter's rate (CNTFRQ_EL0)");
    }
    return hz;
}
