/*
 * AVX on Rumprun, which leaves it off: the same wide instructions as everywhere else, or a comparison would be of instruction sets.
 *
 * It is safe although nobody saves the wide registers. The program runs in ring 0, so it may switch them on. Threads give up the processor
 * only by a call, across which no vector register is kept (System V ABI). Interrupt handlers are built without vector instructions, and the
 * rump kernel without AVX: what it does with the narrow registers leaves the wide halves alone.
 */
#include "rumprun.h"
#include <stdint.h>

/* Intel's manual, volume 1, chapter 13: components of state in XCR0. */
enum { X87 = 1 << 0, SSE = 1 << 1, AVX = 1 << 2, AVX512 = 7 << 5 };

enum { FEATURES = 1, HAS_XSAVE = 1 << 26, STATES = 13, OS_USES_XSAVE = 1 << 18 };

/* EAX and ECX of a leaf's first subleaf. Rumprun comes without the compiler's own headers, <cpuid.h> among them. */
static uint32_t cpuid(uint32_t leaf, uint32_t *ecx) {
    uint32_t eax = leaf, ebx, edx;
    *ecx = 0;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(*ecx), "=d"(edx));
    return eax;
}

void vb_rumprun_enable_vectors(void) {
    uint32_t features, unused;
    cpuid(FEATURES, &features);
    if ((features & HAS_XSAVE) == 0) {
        return;
    }
    uint32_t states = cpuid(STATES, &unused) & (X87 | SSE | AVX | AVX512);
    if ((states & AVX512) != AVX512 || (states & AVX) == 0) {
        states &= ~(uint32_t)AVX512; /* its components go together, and not without AVX */
    }
    uint64_t control;
    __asm__ volatile("mov %%cr4, %0" : "=r"(control));
    __asm__ volatile("mov %0, %%cr4" ::"r"(control | OS_USES_XSAVE) : "memory");
    __asm__ volatile("xsetbv" ::"a"(states), "d"(0), "c"(0) : "memory");
}
