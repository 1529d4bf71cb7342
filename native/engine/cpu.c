#include "cpu.h"

static unsigned hidden;

unsigned vb_cpu_features(void) {
    return vb_cpu_detect() & ~hidden;
}

void vb_cpu_hide(unsigned features) {
    hidden = features;
}

int vb_cpu_width(void) {
    unsigned features = vb_cpu_features();
    return (features & VB_CPU_AVX512) != 0 ? 512 : (features & VB_CPU_AVX2_FMA) != 0 ? 256 : 128;
}

uint64_t vb_cpu_last_level_cache(void) {
    uint64_t bytes = vb_cpu_detect_cache();
    return bytes != 0 ? bytes : 32u << 20;
}
