/*
 * From the PVH entry (32-bit protected mode, paging off, EBX = the start info) to C in long mode. Nothing is computed that could be a
 * constant of the image: where every instruction is emulated, each one counts.
 */
    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 8, 18                  /* lengths of name and value; XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .quad uk_start

    .section .text.start, "ax"
    .code32
    .globl uk_start
uk_start:
    rdtsc
    movl %eax, uk_entry_ticks
    movl %edx, uk_entry_ticks + 4
    movl $uk_stack_top, %esp
    movl $0xa0, %eax                /* CR4: PAE, global pages */
    movl %eax, %cr4
    movl $uk_page_table, %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx          /* EFER: long mode */
    rdmsr
    orl $0x100, %eax
    wrmsr
    movl $0x80010033, %eax          /* CR0: paging, write protection, native FPU errors, no emulation, caches on */
    movl %eax, %cr0
    lgdt gdt_pointer
    ljmp $8, $1f
    .code64
1:  movl $16, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %ebx, %edi
    xorl %ebp, %ebp
    call uk_start_machine
    ud2

    .section .data
    .balign 8
    .globl uk_entry_ticks
uk_entry_ticks:
    .quad 0

/* Null, 64-bit code, data, and a task state for each of two processors, whose addresses exceptions_x86_64.c fills in. */
    .globl uk_gdt
    .balign 8
uk_gdt:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
    .quad 0x0000890000000067, 0, 0x0000890000000067, 0
gdt_end:
    .globl uk_gdt_pointer
    .balign 4
uk_gdt_pointer:
gdt_pointer:
    .word gdt_end - uk_gdt - 1
    .quad uk_gdt
