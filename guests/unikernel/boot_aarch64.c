/* In C from here on. */
#include "devices_aarch64.h"
#include "kernel.h"

extern uint64_t uk_low_pages[512];
extern char uk_stack_guard[], uk_start[];

_Noreturn void uk_start_machine(const void *tree);
_Noreturn void uk_start_machine(const void *tree) {
    uk_low_pages[(size_t)(uk_stack_guard - uk_start) / UK_FRAME] = 0;
    uk_device_tree_read(tree);
    uk_boot();
}
