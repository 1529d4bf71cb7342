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

/* Whether the property, strings one after the other, has this one. */
static int has_string(property list, const char *string) {
    for (uint32_t at = 0; at < list.length;) {
        if (uk_text_equal(list.bytes + at, string)) {
            return 1;
        }
        while (list.bytes[at++] != '\0') {
        }
    }
    return 0;
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
    if (has_string(found->device_type, "memory")) {
        take_memory(found->reg);
    } else if (has_string(found->device_type, "cpu") && uk_machine_found.cpu_count < UK_CPU_MAX && found->reg.length >= 4) {
        property reg = found->reg;
        uk_machine_found.cpus[uk_machine_found.cpu_count++] = reg.length >= 8 ? cells(reg.bytes) : cell(reg.bytes);
    } else if (has_string(found->compatible, "arm,pl011") && !has_string(found->status, "disabled")) {
        uk_devices_found.serial = address_of(found->reg, 0);
    } else if (has_string(found->compatible, "virtio,mmio")) {
        uk_devices_found.virtio = address_of(found->reg, 0);
    } else if (has_string(found->compatible, "arm,cortex-a15-gic")) {
        take_gic(found->reg, 2);
    } else if (has_string(found->compatible, "arm,gic-v3")) {
        take_gic(found->reg, 3);
    } else if (uk_text_equal(found->name, "psci")) {
        uk_devices_found.psci_by_smc = has_string(found->method, "smc");
    } else if (uk_text_equal(found->name, "chosen")) {
        take_command_line(found->bootargs);
    }
}

static void keep(node *of, const char *name, property value) {
    const struct {
        const char *name;
        property *where;
    } wanted[] = {
        {"compatible", &of->compatible}, {"reg", &of->reg},           {"device_type", &of->device_type},
        {"method", &of->method},         {"bootargs", &of->bootargs}, {"status", &of->status},
    };
    for (unsigned i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (name[0] == wanted[i].name[0] && uk_text_equal(name, wanted[i].name)) {
            *wanted[i].where = value;
        }
    }
}

void uk_device_tree_read(const void *tree) {
    const char *base = tree;
    if (tree == NULL || cell(base) != (uint32_t)MAGIC) {
        uk_fault("the machine hands over no device tree");
    }
    const char *at = base + cell(base + 8), *names = base + cell(base + 12);
    node current = {.name = NULL};
    for (;;) {
        uint32_t token = cell(at);
        at += 4;
        if (token == PROPERTY) {
            property value = {at + 8, cell(at)};
            keep(&current, names + cell(at + 4), value);
            at += 8 + ((value.length + 3) & ~3u);
        } else if (token == BEGIN_NODE || token == END_NODE) {
            if (current.name != NULL) { /* its properties come before its children */
                take(&current);
            }
            current = (node){.name = token == BEGIN_NODE ? at : NULL};
            while (token == BEGIN_NODE && *at++ != '\0') {
            }
            at = base + (((size_t)(at - base) + 3) & ~(size_t)3);
        } else if (token != NOP) {
            return;
        }
    }
}
