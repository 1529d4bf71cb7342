/* Exceptions: a page of a lazy area is filled in, everything else is the end. */
#include "exceptions_x86_64.h"
#include "io_x86_64.h"
#include "kernel.h"

typedef struct frame {
    uint64_t vector, error, rip, cs, flags, rsp, ss;
} frame;

typedef struct gate {
    uint16_t low, selector;
    uint8_t stack, type;
    uint16_t middle;
    uint32_t high, reserved;
} gate;

typedef struct __attribute__((packed)) task_state {
    uint32_t reserved;
    uint64_t stacks[3], reserved2, interrupt_stacks[7], reserved3;
    uint32_t io_map;
} task_state;

_Static_assert(sizeof(task_state) == 104, "the processor's format");

enum { EXCEPTIONS = 32, PAGE_FAULT = 14, OWN_STACK = 1, ENTRY_BYTES = 16, CODE = 8, FIRST_TASK = 24, INTERRUPT_GATE = 0x8e };

static gate gates[256];
static task_state tasks[2];
extern uint64_t uk_gdt[];
extern char uk_vectors[], uk_exception_stack_top[], uk_stack_guard[];

static void set_gate(int vector, uintptr_t code, uint8_t stack) {
    gates[vector] =
        (gate){.low = (uint16_t)code, .selector = CODE, .stack = stack, .type = INTERRUPT_GATE, .middle = (uint16_t)(code >> 16)};
}

void uk_exceptions_set(int vector, void (*code)(void)) {
    set_gate(vector, (uintptr_t)code, 0);
}

void uk_exceptions_start(int processor) {
    if (processor == 0) {
        for (int vector = 0; vector < EXCEPTIONS; vector++) {
            set_gate(vector, (uintptr_t)uk_vectors + (uintptr_t)vector * ENTRY_BYTES, OWN_STACK);
        }
    }
    /* The image lies below 4 GiB, so the address's upper half in the descriptor stays 0. */
    uintptr_t task = (uintptr_t)&tasks[processor];
    uk_gdt[3 + 2 * processor] |= (task & 0xffffff) << 16 | (task >> 24) << 56;
    tasks[processor].interrupt_stacks[OWN_STACK - 1] = (uintptr_t)uk_exception_stack_top;
    tasks[processor].io_map = sizeof(task_state) << 16;
    __asm__ volatile("ltr %w0" : : "r"(FIRST_TASK + 16 * processor));
    struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } pointer = {sizeof(gates) - 1, (uintptr_t)gates};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}

static _Noreturn void end_page_fault(const frame *at, uintptr_t address) {
    if (address - (uintptr_t)uk_stack_guard < UK_FRAME) {
        uk_fault_at("stack overflow", "at", at->rip, NULL, 0);
    }
    const uint64_t writing = 2, fetching = 16;
    uk_fault_at((at->error & fetching) != 0  ? "page fault, executing"
                : (at->error & writing) != 0 ? "page fault, writing"
                                             : "page fault, reading",
                "address", address, "at", at->rip);
}

void uk_exception(const frame *at);
void uk_exception(const frame *at) {
    static const char *const names[EXCEPTIONS] = {
        [0] = "division by zero",
        [6] = "undefined instruction, or a vector instruction where none is allowed",
        [7] = "floating-point instruction where none is allowed",
        [8] = "double fault",
        [12] = "stack segment fault",
        [13] = "general protection fault",
        [16] = "floating-point error",
        [17] = "alignment check",
        [18] = "machine check",
        [19] = "vector arithmetic error",
    };
    if (at->vector == PAGE_FAULT) {
        uintptr_t address;
        __asm__ volatile("movq %%cr2, %0" : "=r"(address));
        const uint64_t page_was_there = 1;
        if ((at->error & page_was_there) != 0 || !uk_area_fault(address)) {
            end_page_fault(at, address);
        }
        return;
    }
    const char *name = names[at->vector % EXCEPTIONS];
    if (name != NULL) {
        uk_fault_at(name, "at", at->rip, NULL, 0);
    }
    uk_fault_at("unexpected exception", "number", at->vector, "at", at->rip);
}
