/* The end of everything that cannot go on: one clear line, then off. */
#include "kernel.h"
#include "processor.h"

_Noreturn void uk_fault(const char *what) {
    uk_fault_at(what, NULL, 0, NULL, 0);
}

static void label_value(uk_line *line, const char *label, uint64_t value) {
    if (label != NULL) {
        uk_line_text(line, " ");
        uk_line_text(line, label);
        uk_line_text(line, " ");
        uk_line_hex(line, value);
    }
}

_Noreturn void uk_fault_at(const char *what, const char *label, uint64_t value, const char *label2, uint64_t value2) {
    static int is_second;
    if (is_second++) {
        uk_power_off(UK_STATUS_FAULT); /* saying it went wrong too */
    }
    if (uk_text_equal(uk_console_name(), "none")) {
        uk_console_choose(NULL); /* too early for the command line's wishes */
    }
    uk_line line;
    uk_line_start(&line, "VBUNIKERNEL: fault: ");
    uk_line_text(&line, what);
    label_value(&line, label, value);
    label_value(&line, label2, value2);
    uk_line_write(&line);
    uk_line_start(&line, "VBUNIKERNEL: exit ");
    uk_line_unsigned(&line, UK_STATUS_FAULT);
    uk_line_write(&line);
    uk_power_off(UK_STATUS_FAULT);
}

static void overflow_stack(int depth) {
    volatile char here[512];
    here[0] = (char)depth;
    if (depth > 0) {
        overflow_stack(depth - 1);
    }
    here[1] = here[0]; /* something to do afterwards: no tail call */
}

static void run_out_of_memory(void) {
    volatile char *area = uk_area_map((size_t)(uk_frames_free() - 1) * UK_FRAME, 0, 1);
    for (size_t i = 0; area != NULL; i += UK_FRAME) {
        area[i] = 1;
    }
}

void uk_fault_provoke(const char *name) {
    if (uk_text_equal(name, "null")) {
        uintptr_t nowhere = 0;
        __asm__ volatile("" : "+r"(nowhere)); /* or the compiler sees what is coming, and makes a trap of it */
        *(volatile char *)nowhere = 1;
    } else if (uk_text_equal(name, "undefined")) {
        uk_processor_undefined_instruction();
    } else if (uk_text_equal(name, "vector")) {
        uk_processor_vector_instruction();
    } else if (uk_text_equal(name, "stack")) {
        overflow_stack(1 << 20);
    } else if (uk_text_equal(name, "memory")) {
        run_out_of_memory();
    }
}
