/* The entries of the 32 exceptions. Only what C may change is kept; the kernel uses no vector registers. */
    .altmacro
    .text
    .code64
    .macro entry number, has_error
    .balign 16
    .if !\has_error
    pushq $0
    .endif
    pushq $\number
    jmp common
    .endm

    .balign 16
    .globl uk_vectors
uk_vectors:
    .set number, 0
    .rept 32
    .if (0x60227d00 >> number) & 1
    entry %number, 1
    .else
    entry %number, 0
    .endif
    .set number, number + 1
    .endr

common:
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    cld
    leaq 72(%rsp), %rdi
    call uk_exception
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rax
    addq $16, %rsp
    iretq
