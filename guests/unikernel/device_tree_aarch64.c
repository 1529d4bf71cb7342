/*
 * The flattened device tree: Devicetree Specification 0.4, chapter 5. Addresses have two cells, as the virt machine has them. Nothing in
 * memory is kept: the tree stands in memory that will be handed out.
 */
#include "devices_aarch64.h"
#include "kernel.h"

enum { MAGIC = (int)0xd00dfeed, BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4 };

typedef struct property {
    const char *bytes;
    uint32_t length;
} property;

typedef struct node {
    const char *name;
    property compatible, reg, device_type, method, bootargs, status;
} node;

uk_machine uk_machine_found;
uk_devices uk_devices_found;

static const uint64_t kernel_end = 0x40400000, mapped = UINT64_C(1) << 38;

static uint32_t cell(const void *at) {
    uint32_t value;
    __builtin_memcpy(&value, at, sizeof(value));
    return __builtin_bswap32(value);
}

static uint64_t cells(const char *at) {
    return (uint64_t)cell(at) << 32 | cell(at + 4);
}

/* Whether the property's string, or its first where it is a list, is this one. */
static int is(property value, const char *string) {
    return value.length != 0 && uk_text_equal(value.bytes, string);
}

static uint64_t address_of(property reg, uint32_t index) {
    return reg.length >= (index + 1) * 16 ? cells(reg.bytes + (size_t)index * 16) : 0;
}

static void take_memory(property reg) {
    for (uint32_t i = 0; (i + 1) * 16 <= reg.length && uk_machine_found.memory_count < UK_RANGE_MAX; i++) {
        uint64_t start = cells(reg.bytes + (size_t)i * 16), end = start + cells(reg.bytes + (size_t)i * 16 + 8);
        start = start < kernel_end ? kernel_end : start;
        end = end < mapped ? end : mapped;
        if (start < end) {
            uk_machine_found.memory[uk_machine_found.memory_count++] = (uk_range){start, end};
        }
    }
}

static void take_command_line(property bootargs) {
    if (bootargs.length > UK_COMMAND_LINE_MAX) {
        uk_fault("the command line is too long");
    }
    for (uint32_t i = 0; i < bootargs.length; i++) {
        uk_machine_found.command_line[i] = bootargs.bytes[i];
    }
}

static void take_gic(property reg, int version) {
    uk_devices_found.gic = address_of(reg, 0);
    uk_devices_found.gic_processor = address_of(reg, 1);
    uk_devices_found.gic_version = version;
}

static void take(const node *found) {
    if (is(found->device_type, "memory")) {
        take_memory(found->reg);
    } else if (is(found->device_type, "cpu") && uk_machine_found.cpu_count < UK_CPU_MAX && found->reg.length >= 4) {
        property reg = found->reg;
        uk_machine_found.cpus[uk_machine_found.cpu_count++] = reg.length >= 8 ? cells(reg.bytes) : cell(reg.bytes);
    } else if (is(found->compatible, "arm,pl011") && !is(found->status, "disabled")) {
        uk_devices_found.serial = address_of(found->reg, 0);
    } else if (is(found->compatible, "virtio,mmio")) {
        uk_devices_found.virtio = address_of(found->reg, 0);
    } else if (is(found->compatible, "arm,cortex-a15-gic")) {
        take_gic(found->reg, 2);
    } else if (is(found->compatible, "arm,gic-v3")) {
        take_gic(found->reg, 3);
    } else if (uk_text_equal(found->name, "psci")) {
        uk_devices_found.psci_by_smc = is(found->method, "smc");
    } else if (uk_text_equal(found->name, "chosen")) {
        take_command_line(found->bootargs);
    }
}

/* Where the node keeps the property of that name; NULL when it is of no use. Told by the first letter first: there are hundreds. */
static property *place_of(node *of, const char *name) {
    const char *wanted = "compatible";
    property *place = &of->compatible;
    switch (name[0]) {
    case 'c':
        break;
    case 'r':
        wanted = "reg", place = &of->reg;
        break;
    case 'd':
        wanted = "device_type", place = &of->device_type;
        break;
    case 'm':
        wanted = "method", place = &of->method;
        break;
    case 'b':
        wanted = "bootargs", place = &of->bootargs;
        break;
    case 's':
        wanted = "status", place = &of->status;
        break;
    default:
        return NULL;
    }
    return uk_text_equal(name, wanted) ? place : NULL;
}

/* Lengths only: a compiler makes a loop over bytes of the whole. */
static void forget(node *of) {
    of->compatible.length = of->reg.length = of->device_type.length = 0;
    of->method.length = of->bootargs.length = of->status.length = 0;
}

void uk_device_tree_read(const void *tree) {
    const char *base = tree;
    if (tree == NULL || cell(base) != (uint32_t)MAGIC) {
        uk_fault("the machine hands over no device tree");
    }
    const char *at = base + cell(base + 8), *names = base + cell(base + 12);
    node current;
    current.name = NULL;
    forget(&current);
    for (;;) {
        uint32_t token = cell(at);
        at += 4;
        if (token == PROPERTY) {
            uint32_t length = cell(at);
            property *place = place_of(&current, names + cell(at + 4));
            if (place != NULL) {
                *place = (property){at + 8, length};
            }
            at += 8 + ((length + 3) & ~3u);
        } else if (token == BEGIN_NODE || token == END_NODE) {
            if (current.name != NULL) { /* its properties come before its children */
                take(&current);
            }
            current.name = token == BEGIN_NODE ? at : NULL;
            forget(&current);
            while (token == BEGIN_NODE && *at++ != '\0') {
            }
            at = base + (((size_t)(at - base) + 3) & ~(size_t)3);
        } else if (token != NOP) {
            return;
        }
    }
}
