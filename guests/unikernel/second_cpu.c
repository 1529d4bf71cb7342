/* A second CPU that waits for interrupts and answers them. */
#include "second_cpu.h"
#include "kernel.h"
#include "processor.h"

volatile uint64_t uk_second_cpu_answers; /* the first: "I am waiting" */

/* Waits for at most a second until there are more answers than `before`. */
static int wait_for_answer(uint64_t before) {
    const uint64_t second_ns = 1000000000;
    for (int i = 0; i < 1024; i++) { /* as a rule it takes less time than reading the clock is worth */
        if (uk_second_cpu_answers != before) {
            return 1;
        }
        uk_processor_relax();
    }
    for (uint64_t begin = uk_clock_ns(); uk_clock_ns() - begin < second_ns;) {
        if (uk_second_cpu_answers != before) {
            return 1;
        }
        uk_processor_relax();
    }
    return 0;
}

uint64_t uk_second_cpu_interrupt(void) {
    static int is_silent; /* one second is enough to know */
    uint64_t before = uk_second_cpu_answers;
    uk_second_cpu_send();
    is_silent = is_silent || !wait_for_answer(before);
    return (uint64_t)is_silent;
}

const char *uk_second_cpu_start(void) {
    static const char *why;
    static int tried;
    if (tried++) {
        return why;
    }
    uk_clock_hz(); /* now, not while an interrupt is timed */
    int other = 0;
    while (other < uk_machine_found.cpu_count && uk_second_cpu_is_this(uk_machine_found.cpus[other])) {
        other++;
    }
    if (other == uk_machine_found.cpu_count) {
        return why = "this machine lists no second vCPU";
    }
    why = uk_second_cpu_power_on(other, uk_machine_found.cpus[other]);
    if (why == NULL && !wait_for_answer(0)) {
        why = "the second vCPU does not start";
    }
    if (why == NULL && uk_second_cpu_interrupt() != 0) {
        why = "the second vCPU answers no interrupt";
    }
    return why;
}
