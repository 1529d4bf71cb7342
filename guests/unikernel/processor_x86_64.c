#include "io_x86_64.h"
#include "kernel.h"
#include "processor.h"

void uk_processor_enable_vectors(void) {
    const uint32_t xsave = 1u << 26;
    const uint64_t fxsr_and_exceptions = 0x600, osxsave = 1u << 18;
    /* x87, SSE, AVX, and the three of AVX-512: what there is of them. Others (AMX, say) would only make the state larger. */
    const uint32_t wanted = 0xe7;
    uint64_t cr4;
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    int has_xsave = (cpuid(1, 0).c & xsave) != 0;
    cr4 |= fxsr_and_exceptions | (has_xsave ? osxsave : 0);
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4));
    if (has_xsave) {
        uint32_t states = cpuid(0xd, 0).a & wanted;
        const uint32_t avx = 4, avx512 = 0xe0;
        if ((states & avx) == 0 || (states & avx512) != avx512) {
            states &= ~avx512; /* only together may they be set */
        }
        __asm__ volatile("xsetbv" : : "c"(0), "a"(states), "d"(0));
    }
}

void uk_processor_zero(void *address, size_t bytes) {
    size_t words = bytes / 8;
    __asm__ volatile("rep stosq" : "+D"(address), "+c"(words) : "a"(0) : "memory");
}

/* An entry that was not present is never kept by the processor. */
void uk_processor_pages_mapped(void) {
}

void uk_processor_pages_unmapped(uintptr_t start, uintptr_t end) {
    /* One by one as long as that is the cheaper way; Linux draws the line at 33 pages. */
    if ((end - start) / UK_FRAME <= 33) {
        for (uintptr_t page = start; page < end; page += UK_FRAME) {
            __asm__ volatile("invlpg (%0)" : : "r"(page) : "memory");
        }
        return;
    }
    uint64_t table;
    __asm__ volatile("movq %%cr3, %0\n\tmovq %0, %%cr3" : "=r"(table) : : "memory");
}

void uk_processor_undefined_instruction(void) {
    __asm__ volatile("ud2");
}

void uk_processor_vector_instruction(void) {
    __asm__ volatile("xorps %%xmm0, %%xmm0" : : : "memory");
}
