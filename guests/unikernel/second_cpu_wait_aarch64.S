/* The second CPU's life. The handler does not return to where it was interrupted but to waiting, which is all that it can have
   interrupted. */
    .text
    .globl uk_second_cpu_interrupted, uk_second_cpu_wait
uk_second_cpu_interrupted:
    bl uk_second_cpu_answer
uk_second_cpu_wait:
    msr spsel, #0
    msr daifclr, #2
1:  wfi
    b 1b
