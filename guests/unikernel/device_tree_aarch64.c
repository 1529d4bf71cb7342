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

/* The properties that are of use, and a node as far as it has been read. */
enum { COMPATIBLE, REG, DEVICE_TYPE, METHOD, BOOTARGS, STATUS, RANGES, PROPERTIES };
static const char *const property_names[PROPERTIES] = {"compatible", "reg", "device_type", "method", "bootargs", "status", "ranges"};

typedef struct node {
    property of[PROPERTIES];
    int kept;                      /* how many of them it has */
    const char *names[PROPERTIES]; /* where the tree spells them, once seen: it spells each name once */
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

static void take_memory(const property *of) {
    property reg = of[REG];
    for (uint32_t i = 0; (i + 1) * 16 <= reg.length && uk_machine_found.memory_count < UK_RANGE_MAX; i++) {
        uint64_t start = cells(reg.bytes + (size_t)i * 16), end = start + cells(reg.bytes + (size_t)i * 16 + 8);
        start = start < kernel_end ? kernel_end : start;
        end = end < mapped ? end : mapped;
        if (start < end) {
            uk_machine_found.memory[uk_machine_found.memory_count++] = (uk_range){start, end};
        }
    }
}

static void take_cpu(const property *of) {
    property reg = of[REG];
    if (reg.length >= 4 && uk_machine_found.cpu_count < UK_CPU_MAX) {
        uk_machine_found.cpus[uk_machine_found.cpu_count++] = reg.length >= 8 ? cells(reg.bytes) : cell(reg.bytes);
    }
}

static void take_serial(const property *of) {
    if (!is(of[STATUS], "disabled")) { /* as the secure world's is */
        uk_devices_found.serial = address_of(of[REG], 0);
    }
}

static void take_virtio(const property *of) {
    uk_devices_found.virtio = address_of(of[REG], 0);
}

static void take_gic(const property *of) {
    uk_devices_found.gic = address_of(of[REG], 0);
    uk_devices_found.gic_processor = address_of(of[REG], 1);
    uk_devices_found.gic_version = is(of[COMPATIBLE], "arm,gic-v3") ? 3 : 2;
}

static void take_conduit(const property *of) {
    (void)of;
    uk_devices_found.psci_by_smc = 1;
}

/* IEEE Std 1275, PCI bus binding: a range has three cells of PCI address, whose first tells the kind, then an address of the processor. */
static void take_pci(const property *of) {
    enum { RANGE = 28, MEMORY_32 = 2 };
    uk_devices_found.pci = address_of(of[REG], 0);
    property ranges = of[RANGES];
    for (uint32_t at = 0; at + RANGE <= ranges.length; at += RANGE) {
        if ((cell(ranges.bytes + at) >> 24 & 3) == MEMORY_32) {
            uk_devices_found.pci_window = cells(ranges.bytes + at + 12);
        }
    }
}

/* What tells a node, and what is taken from it. */
typedef struct kind {
    int property;
    const char *value;
    void (*take)(const property *of);
} kind;

static const kind kinds[] = {
    {DEVICE_TYPE, "memory", take_memory},
    {DEVICE_TYPE, "cpu", take_cpu},
    {COMPATIBLE, "arm,pl011", take_serial},
    {COMPATIBLE, "virtio,mmio", take_virtio},
    {COMPATIBLE, "arm,cortex-a15-gic", take_gic},
    {COMPATIBLE, "arm,gic-v3", take_gic},
    {METHOD, "smc", take_conduit},
};
static const kind pci_kind = {COMPATIBLE, "pci-host-ecam-generic", take_pci};

static void take_command_line(property bootargs) {
    if (bootargs.length > UK_COMMAND_LINE_MAX) {
        uk_fault("the command line is too long");
    }
    for (uint32_t i = 0; i < bootargs.length; i++) {
        uk_machine_found.command_line[i] = bootargs.bytes[i];
    }
}

/* Takes what the node has, and forgets it. */
static void end_node(node *current, const kind *wanted, size_t count) {
    if (current->kept == 0) {
        return;
    }
    property *of = current->of;
    for (size_t i = 0; i < count; i++) {
        if (is(of[wanted[i].property], wanted[i].value)) {
            wanted[i].take(of);
        }
    }
    if (wanted == kinds) { /* once: it has been cut into words by the time of another reading */
        take_command_line(of[BOOTARGS]);
    }
    for (int i = 0; i < PROPERTIES; i++) {
        of[i].length = 0;
    }
    current->kept = 0;
}

/* The property that a name with these first letters can only be; there are hundreds, and the first tells most. */
static int candidate(const char *name) {
    switch (name[0]) {
    case 'c':
        return COMPATIBLE;
    case 'r':
        return name[1] == 'a' ? RANGES : REG;
    case 'd':
        return DEVICE_TYPE;
    case 'm':
        return METHOD;
    case 'b':
        return BOOTARGS;
    case 's':
        return STATUS;
    default:
        return PROPERTIES;
    }
}

static void keep(node *current, const char *name, const char *bytes, uint32_t length) {
    int i = candidate(name);
    if (i < PROPERTIES && (name == current->names[i] || uk_text_equal(name, property_names[i]))) {
        current->names[i] = name;
        current->of[i] = (property){bytes, length};
        current->kept++;
    }
}

/* Past a node's name, which is padded with zeros to whole words. */
static const char *skip_name(const char *at) {
    const uint32_t ones = 0x01010101, highs = 0x80808080;
    uint32_t word;
    do {
        __builtin_memcpy(&word, at, sizeof(word));
        at += sizeof(word);
    } while (((word - ones) & ~word & highs) == 0); /* none of its bytes is zero */
    return at;
}

static void read(const char *base, const kind *wanted, size_t count) {
    const char *at = base + cell(base + 8), *names = base + cell(base + 12);
    node current = {.kept = 0};
    for (;;) {
        uint32_t token = cell(at);
        at += 4;
        if (token == PROPERTY) {
            uint32_t length = cell(at);
            keep(&current, names + cell(at + 4), at + 8, length);
            at += 8 + ((length + 3) & ~3u);
        } else if (token == BEGIN_NODE || token == END_NODE) {
            end_node(&current, wanted, count); /* a node's properties come before its children */
            at = token == BEGIN_NODE ? skip_name(at) : at;
        } else if (token != NOP) {
            return;
        }
    }
}

static const char *tree_found;

void uk_device_tree_read(const void *tree) {
    tree_found = tree;
    if (tree == NULL || cell(tree) != (uint32_t)MAGIC) {
        uk_fault("the machine hands over no device tree");
    }
    read(tree, kinds, sizeof(kinds) / sizeof(kinds[0]));
}

void uk_device_tree_read_pci(void) {
    read(tree_found, &pci_kind, 1);
}
