#include "pci.h"
#include "processor.h"
#include "virtio.h"

enum { VENDOR = 0x1af4, TRANSITIONAL = 0x0fff, MODERN = 0x1040, VENDOR_CAPABILITY = 9 };
/* 4.1.4: kinds of the capabilities that say where a structure is; 4.1.4.3: offsets in the common structure. */
enum { COMMON = 1, BELLS = 2, DEVICE = 4 };
enum {
    OFFERED_SELECT = 0,
    OFFERED = 4,
    AGREED_SELECT = 8,
    AGREED = 12,
    STATUS = 20,
    QUEUE_SELECT = 22,
    QUEUE_SIZE = 24,
    QUEUE_ENABLE = 28,
    QUEUE_BELL = 30,
    QUEUE_DESCRIPTORS = 32,
    QUEUE_AVAILABLE = 40,
    QUEUE_USED = 48
};
enum { ACKNOWLEDGED = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };

static const uint64_t version_1 = UINT64_C(1) << 32;

static volatile uint32_t *word(volatile uint8_t *base, unsigned offset) {
    return (volatile uint32_t *)(base + offset);
}

static volatile uint16_t *half(volatile uint8_t *base, unsigned offset) {
    return (volatile uint16_t *)(base + offset);
}

static void write_address(volatile uint8_t *common, unsigned offset, const volatile void *address) {
    *word(common, offset) = (uint32_t)(uintptr_t)address;
    *word(common, offset + 4) = (uint32_t)((uintptr_t)address >> 32);
}

static void find_structures(uk_virtio *device, unsigned slot) {
    for (unsigned at = 0; (at = uk_pci_capability(slot, VENDOR_CAPABILITY, at)) != 0;) {
        uint8_t kind = (uint8_t)(uk_pci_read(slot, at) >> 24);
        volatile uint8_t **structure = kind == COMMON ? &device->common : kind == BELLS ? &device->bells : &device->device;
        if ((kind != COMMON && kind != BELLS && kind != DEVICE) || *structure != NULL) { /* the first of a kind is the preferred one */
            continue;
        }
        volatile uint8_t *region = uk_pci_region(slot, uk_pci_read(slot, at + 4) & 0xff);
        *structure = region == NULL ? NULL : region + uk_pci_read(slot, at + 8);
        if (kind == BELLS) {
            device->bell_step = uk_pci_read(slot, at + 16);
        }
    }
}

const char *uk_virtio_open(uk_virtio *device, uint16_t kind) {
    int slot = uk_pci_find(VENDOR, MODERN + kind, TRANSITIONAL + kind);
    if (slot < 0) {
        return "there is no virtio-net device on its PCI bus 0";
    }
    *device = (uk_virtio){.common = NULL};
    find_structures(device, (unsigned)slot);
    if (device->common == NULL || device->bells == NULL || device->device == NULL) {
        return "its virtio-net device is older than virtio 1.0";
    }
    uk_pci_enable((unsigned)slot);
    device->common[STATUS] = 0;
    while (device->common[STATUS] != 0) {
        uk_processor_relax();
    }
    device->common[STATUS] = ACKNOWLEDGED | DRIVER;
    return NULL;
}

const char *uk_virtio_agree(uk_virtio *device, uint64_t wanted) {
    uint64_t offered = 0;
    for (uint32_t i = 0; i < 2; i++) {
        *word(device->common, OFFERED_SELECT) = i;
        offered |= (uint64_t)*word(device->common, OFFERED) << (32 * i);
    }
    device->features = offered & (wanted | version_1);
    for (uint32_t i = 0; i < 2; i++) {
        *word(device->common, AGREED_SELECT) = i;
        *word(device->common, AGREED) = (uint32_t)(device->features >> (32 * i));
    }
    device->common[STATUS] = ACKNOWLEDGED | DRIVER | FEATURES_OK;
    int agreed = (device->common[STATUS] & FEATURES_OK) != 0 && (device->features & version_1) != 0;
    return agreed ? NULL : "its virtio-net device rejects the features that this driver needs";
}

const char *uk_virtio_start_queue(uk_virtio *device, uint16_t number, uk_queue *queue, void *memory) {
    volatile uint8_t *common = device->common;
    *half(common, QUEUE_SELECT) = number;
    uint16_t size = *half(common, QUEUE_SIZE);
    if (size == 0 || (size & (size - 1)) != 0) {
        return "its virtio-net device lacks a queue";
    }
    size = size < UK_QUEUE_MAX ? size : UK_QUEUE_MAX;
    *half(common, QUEUE_SIZE) = size;
    volatile uint8_t *bell = device->bells + (size_t)*half(common, QUEUE_BELL) * device->bell_step;
    uk_queue_start(queue, number, size, memory, (volatile uint16_t *)bell);
    write_address(common, QUEUE_DESCRIPTORS, queue->descriptors);
    write_address(common, QUEUE_AVAILABLE, queue->available);
    write_address(common, QUEUE_USED, queue->used);
    *half(common, QUEUE_ENABLE) = 1;
    return NULL;
}

void uk_virtio_start(uk_virtio *device) {
    device->common[STATUS] = ACKNOWLEDGED | DRIVER | FEATURES_OK | DRIVER_OK;
}
