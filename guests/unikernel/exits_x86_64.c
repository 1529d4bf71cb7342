/* The ways out of an x86-64 virtual machine. */
#include "io_x86_64.h"
#include "kernel.h"

/* ---- a port: one that no device has, so that all of its time is the way there and back (kvm-unit-tests: inl_from_qemu) ---- */

enum { NOBODYS_PORT = 0x1234 };

static uint64_t read_port(void) {
    return io_read32(NOBODYS_PORT);
}

/* ---- memory: a register whose reading has no effect, of a device that the machine's process emulates, not its kernel ---- */

static volatile uint32_t *constant_register;

static uint64_t read_register(void) {
    return *constant_register;
}

static const char *find_register(const char **why) {
    volatile uint32_t *hpet_capabilities = mmio32(0xfed00000), *virtio_magic = mmio32(0xfeb00000);
    const uint32_t hpet_vendor = 0x8086, virtio = 0x74726976;
    if (*hpet_capabilities >> 16 == hpet_vendor) {
        constant_register = hpet_capabilities;
        return "hpet-capabilities";
    }
    if (*virtio_magic == virtio) { /* the place that it has on microvm */
        constant_register = virtio_magic;
        return "virtio-mmio-magic";
    }
    *why = "this machine has neither an HPET nor virtio in memory, whose registers could be read";
    return NULL;
}

/* ---- a hypercall ---- */

/* KVM_HC_VAPIC_POLL_IRQ: does nothing, answers 0. Linux: Documentation/virt/kvm/x86/hypercalls.rst. */
static uint64_t call_intel(void) {
    uint64_t answer;
    __asm__ volatile("vmcall" : "=a"(answer) : "a"(1) : "memory");
    return answer;
}

static uint64_t call_amd(void) {
    uint64_t answer;
    __asm__ volatile("vmmcall" : "=a"(answer) : "a"(1) : "memory");
    return answer;
}

/* The call of VMware's guests, which QEMU answers on its PC machines whatever executes the guest: "which version are you?" */
static uint64_t call_backdoor(void) {
    const uint32_t magic = 0x564d5868, get_version = 10;
    const uint16_t port = 0x5658;
    uint32_t version, answer = 0;
    __asm__ volatile("inl %%dx, %%eax" : "=a"(version), "+b"(answer) : "a"(magic), "c"(get_version), "d"(port) : "memory");
    return (uint64_t)version << 32 | answer;
}

static int is_kvm(void) {
    const uint32_t is_virtual = 1u << 31;
    cpuid_registers said = cpuid(0x40000000, 0);
    return (cpuid(1, 0).c & is_virtual) != 0 && said.b == 0x4b4d564b && said.c == 0x564b4d56 && said.d == 0x4d; /* KVMKVMKVM */
}

/* AMD and Hygon have their own instruction; KVM would rewrite the wrong one, in text that is not writable everywhere. */
static int has_vmmcall(void) {
    uint32_t name = cpuid(0, 0).b;
    return name == 0x68747541 || name == 0x6f677948; /* "Auth", "Hygo" */
}

static void find_hypercall(vb_platform_exit *exit) {
    const uint32_t backdoor_magic = 0x564d5868;
    if (is_kvm()) {
        int amd = has_vmmcall();
        *exit = (vb_platform_exit){amd ? call_amd : call_intel, amd ? "vmmcall" : "vmcall"};
    } else if ((uint32_t)call_backdoor() == backdoor_magic) {
        *exit = (vb_platform_exit){call_backdoor, "vmware-backdoor"};
    } else {
        *exit = (vb_platform_exit){NULL, "no hypervisor that takes a hypercall: no KVM (vmcall is undefined here), no VMware backdoor"};
    }
}

void uk_find_exit(vb_exit_kind kind, vb_platform_exit *exit) {
    *exit = (vb_platform_exit){NULL, NULL};
    switch (kind) {
    case VB_EXIT_IO:
        *exit = (vb_platform_exit){read_port, "in-port-0x1234"};
        break;
    case VB_EXIT_MMIO: {
        const char *why = NULL, *what = find_register(&why);
        *exit = (vb_platform_exit){what != NULL ? read_register : NULL, what != NULL ? what : why};
        break;
    }
    case VB_EXIT_HYPERCALL:
        find_hypercall(exit);
        break;
    case VB_EXIT_IPI: {
        const char *why = uk_second_cpu_start();
        *exit = (vb_platform_exit){why == NULL ? uk_second_cpu_interrupt : NULL, why == NULL ? "ipi-to-halted-vcpu" : why};
        break;
    }
    }
}
