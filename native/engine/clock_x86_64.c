#include "clock.h"
#include "cpu.h"

uint64_t vb_clock_register(void) {
    uint32_t low, high;
    /* The fences keep the workload's instructions on their side of the reading. */
    __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

const char *vb_clock_register_name(double *hz) {
    *hz = 0;
    uint32_t power[4];
    vb_cpuid(0x80000000, 0, power);
    if (power[0] < 0x80000007) {
        return 0;
    }
    vb_cpuid(0x80000007, 0, power);
    const uint32_t invariant_tsc = 1u << 8; /* EDX: counts at one rate in every power state */
    return (power[3] & invariant_tsc) != 0 ? "tsc" : 0;
}
