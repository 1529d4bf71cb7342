/*
 * The vector table. Only what C may change is kept; the kernel uses no vector registers. The first four entries are for code on SP_EL0,
 * which is all of the kernel but its exception handlers.
 */
    .text
    .macro entry target
    .balign 128
    b \target
    .endm

    .balign 2048
    .globl uk_vectors
uk_vectors:
    entry synchronous
    entry uk_second_cpu_interrupted /* only that CPU lets interrupts through */
    entry fatal
    entry fatal
    .rept 12
    entry fatal
    .endr

synchronous:
    sub sp, sp, #160
    stp x0, x1, [sp]
    stp x2, x3, [sp, #16]
    stp x4, x5, [sp, #32]
    stp x6, x7, [sp, #48]
    stp x8, x9, [sp, #64]
    stp x10, x11, [sp, #80]
    stp x12, x13, [sp, #96]
    stp x14, x15, [sp, #112]
    stp x16, x17, [sp, #128]
    stp x18, x30, [sp, #144]
    mrs x0, esr_el1
    mrs x1, far_el1
    mrs x2, elr_el1
    bl uk_exception
    msr elr_el1, x0
    ldp x0, x1, [sp]
    ldp x2, x3, [sp, #16]
    ldp x4, x5, [sp, #32]
    ldp x6, x7, [sp, #48]
    ldp x8, x9, [sp, #64]
    ldp x10, x11, [sp, #80]
    ldp x12, x13, [sp, #96]
    ldp x14, x15, [sp, #112]
    ldp x16, x17, [sp, #128]
    ldp x18, x30, [sp, #144]
    add sp, sp, #160
    eret

/* An exception of a handler, or one that nothing here can cause. */
fatal:
    msr spsel, #1
    ldr x0, =uk_exception_stack_top
    mov sp, x0
    mrs x0, esr_el1
    mrs x1, far_el1
    mrs x2, elr_el1
    bl uk_exception_unexpected
