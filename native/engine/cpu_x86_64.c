#include "cpu.h"

void vb_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
    __asm__ volatile("cpuid" : "=a"(registers[0]), "=b"(registers[1]), "=c"(registers[2]), "=d"(registers[3]) : "a"(leaf), "c"(subleaf));
}

/* The state components that the system saves on a context switch; without them the registers may not be used. */
static uint64_t enabled_state(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static int all(uint32_t value, uint32_t bits) {
    return (value & bits) == bits;
}

unsigned vb_cpu_detect(void) {
    unsigned features = VB_CPU_VECTOR128;
    uint32_t highest[4], basic[4], extended[4] = {0};
    vb_cpuid(0, 0, highest);
    vb_cpuid(1, 0, basic);
    if (highest[0] >= 7) {
        vb_cpuid(7, 0, extended);
    }
    const uint32_t sse41_ssse3 = 1u << 19 | 1u << 9, sha = 1u << 29;
    if (all(basic[2], sse41_ssse3) && all(extended[1], sha)) {
        features |= VB_CPU_SHA256;
    }
    const uint32_t osxsave_avx = 1u << 27 | 1u << 28, fma = 1u << 12, avx2 = 1u << 5;
    if (!all(basic[2], osxsave_avx) || (enabled_state() & 6) != 6) {
        return features;
    }
    if (all(basic[2], fma) && all(extended[1], avx2)) {
        features |= VB_CPU_AVX2_FMA;
        const uint32_t avx512_f_dq_bw_vl = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
        if (all(extended[1], avx512_f_dq_bw_vl) && (enabled_state() & 0xe6) == 0xe6) {
            features |= VB_CPU_AVX512;
        }
    }
    return features;
}

/* The largest cache that a deterministic-cache-parameters leaf (Intel 4, AMD 0x8000001D) lists; both have one layout. */
static uint64_t largest_cache(uint32_t leaf) {
    uint64_t largest = 0;
    for (uint32_t index = 0; index < 8; index++) {
        uint32_t cache[4];
        vb_cpuid(leaf, index, cache);
        if ((cache[0] & 31) == 0) {
            break;
        }
        uint64_t ways = (cache[1] >> 22) + 1, partitions = (cache[1] >> 12 & 1023) + 1, line = (cache[1] & 4095) + 1;
        uint64_t bytes = ways * partitions * line * ((uint64_t)cache[2] + 1);
        largest = bytes > largest ? bytes : largest;
    }
    return largest;
}

uint64_t vb_cpu_detect_cache(void) {
    uint32_t highest[4], extended[4], topology[4];
    vb_cpuid(0, 0, highest);
    vb_cpuid(0x80000000, 0, extended);
    uint64_t bytes = highest[0] >= 4 ? largest_cache(4) : 0;
    if (bytes == 0 && extended[0] >= 0x8000001d) {
        vb_cpuid(0x80000001, 0, topology);
        const uint32_t topology_extensions = 1u << 22;
        bytes = (topology[2] & topology_extensions) != 0 ? largest_cache(0x8000001d) : 0;
    }
    return bytes;
}
