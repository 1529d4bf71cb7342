/* The monotonic clock: a register of the CPU that counts at one rate, and that rate. */
#include "kernel.h"

static uint64_t hz;
static uint64_t ns_per_tick; /* times 2^32 */

uint64_t uk_clock_hz(void) {
    if (hz == 0) {
        hz = uk_clock_find_hz();
        ns_per_tick = (1000000000ull << 32) / hz;
    }
    return hz;
}

uint64_t uk_clock_ns_of(uint64_t ticks) {
    uk_clock_hz();
    return (uint64_t)((unsigned __int128)ticks * ns_per_tick >> 32);
}

uint64_t uk_clock_ns(void) {
    return uk_clock_ns_of(uk_clock_ticks());
}
