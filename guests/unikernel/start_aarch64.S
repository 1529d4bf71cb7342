/*
 * Linux's image header (Documentation/arch/arm64/booting.rst), then from there (MMU off, X0 = the device tree) to C. The code runs on
 * SP_EL0, so that exceptions find a stack of their own whatever happened to that one. Nothing of the image has to be cleared: it holds its
 * zeros.
 */
    .section .text.start, "ax"
    .globl uk_start
uk_start:
    b begin
    .long 0
    .quad 0x200000                  /* from the start of memory; see kernel_aarch64.ld */
    .quad uk_image_bytes
    .quad 2                         /* little-endian, 4 KiB pages */
    .quad 0, 0, 0
    .ascii "ARM\x64"
    .long 0

begin:
    mrs x19, cntvct_el0
    mov x20, x0
    bl leave_el2
    bl start_mmu
    ldr x0, =uk_exception_stack_top
    mov sp, x0
    msr spsel, #0
    ldr x0, =uk_stack_top
    mov sp, x0
    ldr x0, =uk_entry_ticks
    str x19, [x0]
    mov x0, x20
    mov x29, #0
    bl uk_start_machine

/* The second CPU, from PSCI's CPU_ON. */
    .globl uk_second_cpu_entry
uk_second_cpu_entry:
    bl leave_el2
    bl start_mmu
    ldr x0, =uk_second_exception_stack_top
    mov sp, x0
    msr spsel, #0
    ldr x0, =uk_second_stack_top
    mov sp, x0
    mov x29, #0
    bl uk_second_cpu_main

start_mmu:
    ldr x0, =0xff04                 /* attribute 0: device (nGnRE); 1: normal, write-back */
    msr mair_el1, x0
    ldr x0, =0x200803519            /* 39-bit addresses, tables cached and shared, no upper half, 40-bit physical */
    msr tcr_el1, x0
    ldr x0, =uk_areas_table
    msr ttbr0_el1, x0
    ldr x0, =uk_vectors
    msr vbar_el1, x0
    tlbi vmalle1
    dsb nsh
    isb
    ldr x0, =0x30d01805             /* MMU and caches on; the other bits are ones in every processor */
    msr sctlr_el1, x0
    isb
    ret

/* Machines with the virtualisation extensions start here; the kernel wants to be a guest's. */
leave_el2:
    mrs x0, currentel
    cmp x0, #8
    b.ne 2f
    mov x0, #0x80000000             /* EL1 is 64-bit */
    msr hcr_el2, x0
    mov x0, #3                      /* EL1 may read the counter */
    msr cnthctl_el2, x0
    msr cntvoff_el2, xzr
    mov x0, #0x33ff                 /* and use vectors */
    msr cptr_el2, x0
    mrs x0, id_aa64pfr0_el1
    tst x0, #0xf000000              /* where the interrupt controller has system registers, EL1 may use them */
    b.eq 1f
    mov x0, #9
    msr s3_4_c12_c9_5, x0           /* ICC_SRE_EL2 */
    isb
1:  mov x0, #0x3c5                  /* EL1, its own stack, everything masked */
    msr spsr_el2, x0
    msr elr_el2, x30
    eret
2:  ret
    .ltorg

    .section .data
    .balign 8
    .globl uk_entry_ticks
uk_entry_ticks:
    .quad 0
