/* Exceptions: a page of a lazy area is filled in, everything else is the end. Arm ARM, D17.2.37 (ESR_EL1). */
#include "exceptions_aarch64.h"
#include "kernel.h"

enum { UNKNOWN = 0x00, VECTOR_TRAPPED = 0x07, FETCH_ABORT = 0x21, PC_ALIGNMENT = 0x22, DATA_ABORT = 0x25, SP_ALIGNMENT = 0x26 };

volatile int uk_exception_expected;
extern char uk_stack_guard[];

static _Noreturn void end_abort(uint64_t syndrome, uint64_t address, uint64_t at) {
    if (address - (uintptr_t)uk_stack_guard < UK_FRAME) {
        uk_fault_at("stack overflow", "at", at, NULL, 0);
    }
    const uint64_t writing = 1u << 6;
    uk_fault_at(syndrome >> 26 == FETCH_ABORT ? "page fault, executing"
                : (syndrome & writing) != 0   ? "page fault, writing"
                                              : "page fault, reading",
                "address", address, "at", at);
}

/* Returns where to go on. */
uint64_t uk_exception(uint64_t syndrome, uint64_t address, uint64_t at);
uint64_t uk_exception(uint64_t syndrome, uint64_t address, uint64_t at) {
    uint64_t class = syndrome >> 26, status = syndrome & 63;
    int not_mapped = status >= 4 && status <= 7; /* translation fault at level 0 to 3 */
    switch (class) {
    case DATA_ABORT:
        if (not_mapped && uk_area_fault(address)) {
            return at;
        }
        end_abort(syndrome, address, at);
    case FETCH_ABORT:
        end_abort(syndrome, address, at);
    case UNKNOWN:
        if (uk_exception_expected) {
            uk_exception_expected = 0;
            return at + 4;
        }
        uk_fault_at("undefined instruction", "at", at, NULL, 0);
    case VECTOR_TRAPPED:
        uk_fault_at("vector instruction where none is allowed", "at", at, NULL, 0);
    case PC_ALIGNMENT:
    case SP_ALIGNMENT:
        uk_fault_at("alignment", "at", at, NULL, 0);
    default:
        uk_fault_at("unexpected exception", "syndrome", syndrome, "at", at);
    }
}

_Noreturn void uk_exception_unexpected(uint64_t syndrome, uint64_t address, uint64_t at);
_Noreturn void uk_exception_unexpected(uint64_t syndrome, uint64_t address, uint64_t at) {
    (void)address;
    uk_fault_at("unexpected exception or interrupt", "syndrome", syndrome, "at", at);
}
