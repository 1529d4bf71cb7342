/*
 * What must happen in the C# guest program before the .NET runtime starts, and what the linker cannot check.
 *
 * The runtime ends the process by abort() when the CPU lacks an instruction set that the program was compiled for. A guest has to
 * say so in one line and leave with the status that vb_protocol.h gives it, so a constructor looks first.
 */
#include <stddef.h>

#include "vb_engine.h"

/* Interop/Probe.cs declares these by number. */
_Static_assert(offsetof(vb_run, context) == 2384, "ProbeRun.Context");
_Static_assert(sizeof(vb_run) == 2560, "ProbeRun");
_Static_assert(offsetof(vb_probe, least_operations) == 7 * sizeof(void *), "Probe");
_Static_assert(sizeof(vb_probe) == 8 * sizeof(void *), "Probe");

#if defined(__x86_64__)
#include <cpuid.h>
#include <unistd.h>

enum { EXIT_CPU_LACKS = 3 };

static int avx_usable(void) {
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE) || !(ecx & bit_AVX))
        return 0;
    /* The kernel must save the upper halves too: XCR0 bits 1 (SSE) and 2 (AVX). */
    __asm__("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
    return (eax & 6) == 6;
}

__attribute__((constructor)) static void refuse_cpu_without_avx(void) {
    static const char why[] = "vbprobe-cs: this CPU has no AVX, which the program is compiled for; run vbprobe-c here\n";
    if (avx_usable())
        return;
    /* Nothing better can be done when the line cannot be written. */
    ssize_t written = write(STDERR_FILENO, why, sizeof why - 1);
    (void)written;
    _exit(EXIT_CPU_LACKS);
}
#endif
