/* Reads Xen's PVH start info: https://xenbits.xen.org/docs/unstable/misc/pvh.html, struct hvm_start_info of Xen's public headers. */
#include "acpi_x86_64.h"
#include "exceptions_x86_64.h"
#include "io_x86_64.h"
#include "kernel.h"

enum { START_INFO_MAGIC = 0x336ec578, MEMORY_USABLE = 1 };

typedef struct start_info {
    uint32_t magic, version, flags, module_count;
    uint64_t modules, command_line, rsdp;
    uint64_t memory_map; /* from version 1 on */
    uint32_t memory_map_entries, reserved;
} start_info;

typedef struct memory_map_entry {
    uint64_t address, bytes;
    uint32_t type, reserved;
} memory_map_entry;

uk_machine uk_machine_found;
extern uint64_t uk_gigabytes[512], uk_low_pages[512];
extern char uk_stack_guard[];

static const uint64_t kernel_end = 0x200000, mapped = UINT64_C(1) << 39;

static void read_memory(const start_info *info) {
    const memory_map_entry *map = (const memory_map_entry *)(uintptr_t)info->memory_map;
    for (uint32_t i = 0; i < info->memory_map_entries; i++) {
        uint64_t start = map[i].address, end = start + map[i].bytes;
        start = start < kernel_end ? kernel_end : start;
        end = end < mapped ? end : mapped;
        if (map[i].type == MEMORY_USABLE && start < end && uk_machine_found.memory_count < UK_RANGE_MAX) {
            uk_machine_found.memory[uk_machine_found.memory_count++] = (uk_range){start, end};
        }
    }
}

static void read_command_line(const char *from) {
    char *to = uk_machine_found.command_line;
    size_t length = 0;
    for (; from != NULL && from[length] != '\0'; length++) {
        if (length == UK_COMMAND_LINE_MAX - 1) {
            uk_fault("the command line is too long");
        }
        to[length] = from[length];
    }
}

/* An older processor's way to map a GiB, in 512 pages; NULL when that was done as often as there is room for. */
static uint64_t *small_pages(uint64_t gigabyte) {
    enum { MOST = 28 };
    static _Alignas(UK_FRAME) uint64_t tables[MOST][512];
    static int used;
    if (used == MOST) {
        return NULL;
    }
    uint64_t *table = tables[used++];
    for (uint64_t i = 0; i < 512; i++) {
        table[i] = (gigabyte << 30 | i << 21) | 0xe3;
    }
    return table;
}

/* The tables of the image end at 4 GiB. Page tables can come to stand above, and have to be written. */
static void map_high_memory(void) {
    const uint32_t gigabyte_pages = 1u << 26;
    for (int i = 0; i < uk_machine_found.memory_count; i++) {
        uk_range *range = &uk_machine_found.memory[i];
        for (uint64_t gigabyte = range->start < UINT64_C(4) << 30 ? 4 : range->start >> 30; gigabyte << 30 < range->end; gigabyte++) {
            if ((cpuid(0x80000001, 0).d & gigabyte_pages) != 0) {
                uk_gigabytes[gigabyte] = gigabyte << 30 | 0xe3;
                continue;
            }
            uint64_t *table = small_pages(gigabyte);
            if (table == NULL) {
                range->end = gigabyte << 30;
                break;
            }
            uk_gigabytes[gigabyte] = (uintptr_t)table | 0x23;
        }
    }
}

/* Firmware keeps things in the page at address 0. From now on, whoever goes there is lost. */
static void forget_low_page(void) {
    uk_low_pages[0] = 0;
    __asm__ volatile("invlpg 0" ::: "memory");
}

/* In C from here on. */
_Noreturn void uk_start_machine(const start_info *info);
_Noreturn void uk_start_machine(const start_info *info) {
    uk_low_pages[(uintptr_t)uk_stack_guard / UK_FRAME] = 0;
    uk_exceptions_start(0);
    if (info->magic != START_INFO_MAGIC || info->version < 1) {
        uk_fault("the machine hands over no memory map (PVH start info of version 1)");
    }
    read_command_line((const char *)(uintptr_t)info->command_line);
    read_memory(info);
    map_high_memory();
    uk_acpi_root = info->rsdp;
    forget_low_page();
    uk_boot();
}
