/*
 * The second processor: from the start-up interrupt in real mode to C in long mode, and its life as a servant. The handler does not return
 * to where it was interrupted but to waiting, which is all that it can have interrupted.
 */
    .section .rodata
    .code16
    .globl uk_trampoline, uk_trampoline_end
uk_trampoline:                      /* copied to 0x8000: CS is 0x800 here */
    cli
    lgdtl %cs:(pointer - uk_trampoline)
    movl $0xa0, %eax                /* as in start_x86_64.S */
    movl %eax, %cr4
    movl $uk_page_table, %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx
    rdmsr
    orl $0x100, %eax
    wrmsr
    movl $0x80010033, %eax
    movl %eax, %cr0
    ljmpl $8, $second
    .balign 4
pointer:
    .word 7 * 8 - 1
    .long uk_gdt
uk_trampoline_end:

    .text
    .code64
second:
    movl $16, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    leaq uk_second_stack_top, %rsp
    xorl %ebp, %ebp
    call uk_second_cpu_main
    ud2

    .globl uk_second_cpu_interrupted, uk_second_cpu_wait
uk_second_cpu_interrupted:
    addq $1, uk_second_cpu_answers
    movl $0xfee000b0, %eax          /* end of interrupt */
    movl $0, (%rax)
uk_second_cpu_wait:
    leaq uk_second_stack_top, %rsp
    sti
1:  hlt
    jmp 1b
