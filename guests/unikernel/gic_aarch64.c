/* GICv2 (Arm IHI 0048) and GICv3 (Arm IHI 0069): software-generated interrupt 0 only. */
#include "gic_aarch64.h"
#include "devices_aarch64.h"

/* Offsets: distributor; version 2's CPU interface; version 3's redistributor, whose second page has the interrupts' registers. */
enum { D_CONTROL = 0, D_ENABLE = 0x100, D_SEND = 0xf00 };
enum { C_CONTROL = 0, C_MASK = 4, C_TAKE = 0xc, C_END = 0x10 };
enum { R_WAKER = 0x14, R_GROUP = 0x10080, R_ENABLE = 0x10100, R_BYTES = 0x20000 };

#define ICC_PMR "s3_0_c4_c6_0"
#define ICC_IAR1 "s3_0_c12_c12_0"
#define ICC_EOIR1 "s3_0_c12_c12_1"
#define ICC_SGI1R "s3_0_c12_c11_5"
#define ICC_SRE "s3_0_c12_c12_5"
#define ICC_IGRPEN1 "s3_0_c12_c12_7"
#define WRITE(name, value) __asm__ volatile("msr " name ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory")

static volatile uint32_t *distributor(uint32_t offset) {
    return mmio32(uk_devices_found.gic + offset);
}

static volatile uint32_t *processor(uint64_t offset) {
    return mmio32(uk_devices_found.gic_processor + offset);
}

static int is_version_3(void) {
    return uk_devices_found.gic_version == 3;
}

int uk_gic_found(void) {
    return uk_devices_found.gic != 0 && uk_devices_found.gic_processor != 0;
}

void uk_gic_start_sender(void) {
    const uint32_t routing_and_group1 = 1u << 4 | 1u << 1, enabled = 1;
    *distributor(D_CONTROL) = is_version_3() ? routing_and_group1 : enabled;
    if (is_version_3()) {
        WRITE(ICC_SRE, 1);
    }
}

void uk_gic_start_receiver(uint32_t index) {
    const uint32_t everything = 0xff;
    if (!is_version_3()) {
        *distributor(D_ENABLE) = 1;
        *processor(C_MASK) = everything;
        *processor(C_CONTROL) = 1;
        return;
    }
    const uint32_t sleeping = 1u << 1, children_asleep = 1u << 2;
    uint64_t own = (uint64_t)index * R_BYTES;
    *processor(own + R_WAKER) &= ~sleeping;
    while ((*processor(own + R_WAKER) & children_asleep) != 0) {
    }
    *processor(own + R_GROUP) |= 1;
    *processor(own + R_ENABLE) = 1;
    WRITE(ICC_SRE, 1);
    WRITE(ICC_PMR, everything);
    WRITE(ICC_IGRPEN1, 1);
}

void uk_gic_send(uint32_t index, uint64_t mpidr) {
    if (is_version_3()) {
        WRITE(ICC_SGI1R, (mpidr & 0xff0000) << 16 | (mpidr & 0xff00) << 8 | 1u << (mpidr & 15));
    } else {
        *distributor(D_SEND) = 1u << (16 + index);
    }
}

void uk_gic_answer(void) {
    if (is_version_3()) {
        uint64_t taken;
        __asm__ volatile("mrs %0, " ICC_IAR1 : "=r"(taken) : : "memory");
        WRITE(ICC_EOIR1, taken);
    } else {
        *processor(C_END) = *processor(C_TAKE);
    }
}
