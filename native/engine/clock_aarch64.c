#include "clock.h"

uint64_t vb_clock_register(void) {
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(ticks)::"memory");
    return ticks;
}

const char *vb_clock_register_name(double *hz) {
    uint64_t frequency;
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
    *hz = (double)frequency;
    return frequency != 0 ? "cntvct" : 0; /* zero: firmware forgot to set it */
}
