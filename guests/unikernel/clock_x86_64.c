/* The time stamp counter's rate: said by a hypervisor or the processor where one does, else measured. */
#include "acpi_x86_64.h"
#include "io_x86_64.h"
#include "kernel.h"

uint64_t uk_clock_ticks(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/* ---- said ---- */

typedef struct kvm_clock {
    uint32_t version, pad;
    uint64_t tsc, system_ns;
    uint32_t ns_per_tick; /* times 2^32, after the shift */
    int8_t shift;
    uint8_t flags, pad2[2];
} kvm_clock;

static int is_hypervisor(const char *name, cpuid_registers leaf) {
    uint32_t words[3] = {leaf.b, leaf.c, leaf.d};
    const char *said = (const char *)words;
    for (int i = 0; i < 12; i++) {
        if (said[i] != name[i]) {
            return 0;
        }
    }
    return 1;
}

/* KVM's clock is a page that it keeps up to date; the factor in it is all that is wanted. Linux: Documentation/virt/kvm/x86/msr.rst. */
static uint64_t rate_of_kvm(void) {
    static _Alignas(64) volatile kvm_clock clock;
    const uint32_t has_clock = 1u << 3, register_of_clock = 0x4b564d01;
    const uint64_t enable = 1;
    if ((cpuid(0x40000001, 0).a & has_clock) == 0) {
        return 0;
    }
    msr_write(register_of_clock, (uintptr_t)&clock | enable);
    uint64_t factor = clock.ns_per_tick;
    int shift = clock.shift;
    msr_write(register_of_clock, 0);
    if (factor == 0) {
        return 0;
    }
    uint64_t hz = (1000000000ull << 32) / factor;
    return shift < 0 ? hz << -shift : hz >> shift;
}

static uint64_t rate_said(void) {
    const uint32_t is_virtual = 1u << 31;
    if ((cpuid(1, 0).c & is_virtual) != 0) {
        cpuid_registers hypervisor = cpuid(0x40000000, 0);
        uint64_t hz = is_hypervisor("KVMKVMKVM\0\0\0", hypervisor) ? rate_of_kvm() : 0;
        if (hz == 0 && hypervisor.a >= 0x40000010) {
            hz = cpuid(0x40000010, 0).a * 1000ull; /* VMware's leaf: kHz */
        }
        if (hz != 0) {
            return hz;
        }
    }
    cpuid_registers ratio = {0};
    if (cpuid(0, 0).a >= 0x15) {
        ratio = cpuid(0x15, 0);
    }
    return ratio.a != 0 ? (uint64_t)ratio.c * ratio.b / ratio.a : 0;
}

/* ---- measured ---- */

typedef struct reference {
    uint32_t (*read)(void); /* counts upwards */
    uint32_t mask;
    uint32_t hz;
} reference;

static uint32_t read_acpi_timer(void) {
    return io_read32(uk_acpi_tables()->timer_port);
}

static uint32_t read_interval_timer(void) {
    io_write8(0x43, 0x00); /* latch channel 0 */
    uint32_t low = io_read8(0x40), high = io_read8(0x40);
    return ~(high << 8 | low); /* it counts downwards */
}

/* A moment on both clocks: of several readings the one in the shortest time, which nothing came between. */
static uint64_t read_both(const reference *against, uint32_t *count) {
    uint64_t shortest = UINT64_MAX, ticks = 0;
    for (int i = 0; i < 16; i++) {
        uint64_t before = uk_clock_ticks();
        uint32_t now = against->read();
        uint64_t took = uk_clock_ticks() - before;
        if (took < shortest) {
            shortest = took;
            ticks = before + took / 2;
            *count = now;
        }
    }
    return ticks;
}

static uint64_t rate_measured(const reference *against) {
    uint32_t first, last;
    uint64_t begin = read_both(against, &first), tries = 0;
    while (((against->read() - first) & against->mask) < against->hz / 100) {
        if (++tries == 100000 && ((against->read() - first) & against->mask) == 0) {
            return 0; /* it stands still */
        }
    }
    uint64_t ticks = read_both(against, &last) - begin;
    return ticks * against->hz / ((last - first) & against->mask);
}

/*
 * Two in a row that agree. On a busy host this guest may stand still for longer than the interval timer takes to come round, 55 ms, and
 * then far too few of its periods seem to have passed.
 */
static uint64_t rate_agreed(const reference *against) {
    uint64_t last = rate_measured(against);
    for (int i = 0; i < 100 && last != 0; i++) {
        uint64_t next = rate_measured(against);
        uint64_t apart = next > last ? next - last : last - next;
        if (apart < last / 1000) {
            return (last + next) / 2;
        }
        last = next;
    }
    return 0;
}

uint64_t uk_clock_find_hz(void) {
    const uk_acpi *acpi = uk_acpi_tables();
    uint64_t hz = rate_said();
    if (hz == 0 && acpi->timer_port != 0) {
        hz = rate_agreed(&(reference){read_acpi_timer, 0xffffff, 3579545});
    }
    if (hz == 0) {
        io_write8(0x43, 0x34); /* channel 0, low then high byte, starts again by itself */
        io_write8(0x40, 0);
        io_write8(0x40, 0);
        hz = rate_agreed(&(reference){read_interval_timer, 0xffff, 1193182});
    }
    if (hz == 0) {
        uk_fault("no clock to hold the time stamp counter against");
    }
    return hz;
}
