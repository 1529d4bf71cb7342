#include "kernel.h"
#include "processor.h"

void uk_processor_enable_vectors(void) {
    const uint64_t no_traps = 3u << 20;
    __asm__ volatile("msr cpacr_el1, %0\n\tisb" : : "r"(no_traps));
}

void uk_processor_zero(void *address, size_t bytes) {
    char *at = address, *end = at + bytes;
    for (; at < end; at += 64) {
        __asm__ volatile("stp xzr, xzr, [%0]\n\tstp xzr, xzr, [%0, #16]\n\tstp xzr, xzr, [%0, #32]\n\tstp xzr, xzr, [%0, #48]"
                         :
                         : "r"(at)
                         : "memory");
    }
}

void uk_processor_pages_mapped(void) {
    __asm__ volatile("dsb ishst\n\tisb" : : : "memory");
}

void uk_processor_pages_unmapped(uintptr_t start, uintptr_t end) {
    __asm__ volatile("dsb ishst" : : : "memory");
    if ((end - start) / UK_FRAME <= 33) { /* as on x86-64 */
        for (uintptr_t page = start; page < end; page += UK_FRAME) {
            __asm__ volatile("tlbi vaale1is, %0" : : "r"(page / UK_FRAME) : "memory");
        }
    } else {
        __asm__ volatile("tlbi vmalle1is" : : : "memory");
    }
    __asm__ volatile("dsb ish\n\tisb" : : : "memory");
}

void uk_processor_undefined_instruction(void) {
    __asm__ volatile("udf #0");
}

void uk_processor_vector_instruction(void) {
    __asm__ volatile("movi v0.16b, #0" : : : "memory");
}
