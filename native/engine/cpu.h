/* Which vector instructions this CPU and the system above it allow. */
#ifndef VB_CPU_H
#define VB_CPU_H

#include <stdint.h>

enum vb_cpu_feature {
    VB_CPU_VECTOR128 = 1, /* SSE2 or NEON: always there */
    VB_CPU_AVX2_FMA = 2,
    VB_CPU_AVX512 = 4, /* F, DQ, BW and VL */
    VB_CPU_SHA256 = 8, /* SHA-NI with SSE4.1, or ARMv8's SHA2 */
};

/* The features found, less those that vb_cpu_hide took away. */
unsigned vb_cpu_features(void);

/* Makes the CPU look smaller: variants must be comparable on one machine, and valgrind knows no AVX-512. */
void vb_cpu_hide(unsigned features);

/* The widest double vector in bits whose variant this CPU can run (512, 256 or 128). */
int vb_cpu_width(void);

/* Bytes of the last-level cache as the CPU reports it; 32 MiB when it does not. */
uint64_t vb_cpu_last_level_cache(void);

/* ---- one implementation per architecture ---- */

unsigned vb_cpu_detect(void);
uint64_t vb_cpu_detect_cache(void); /* 0: unknown */

#if defined(__x86_64__)
void vb_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]); /* EAX, EBX, ECX, EDX */
#define VB_ARCHITECTURE "x86_64"
#elif defined(__aarch64__)
#define VB_ARCHITECTURE "aarch64"
#else
#error "no port for this architecture"
#endif

#endif
