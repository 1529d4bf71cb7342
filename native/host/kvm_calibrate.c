/*
 * vbkvm-calibrate: how fast does /dev/kvm run a guest?
 *
 * That the device is there proves nothing: a host that is a virtual machine itself may refuse guests, or emulate every
 * instruction of them. So one processor with one page of code counts down loops, and the loops are timed.
 *
 * Prints "iterations=N nanoseconds=N instructionsPerSecond=N" and exits with 0; or one line on stderr that names what
 * failed, and exits with 1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    CODE_ADDRESS = 0x1000,
    PAGE = 4096,
    INSTRUCTIONS_PER_ITERATION = 2, /* decrement; branch */
    DEADLINE_S = 3,                 /* a guest that hangs in KVM_RUN is ended by SIGALRM */
    GROW = 8,                       /* so the last round takes eight times enough_ns at the most */
};

static const uint32_t first_iterations = 1000;
static const uint32_t most_iterations = UINT32_C(400000000);
static const int64_t enough_ns = 100000000; /* the timer interrupts of 0.1 s average out */

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return -1;
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void on_deadline(int signal) {
    static const char text[] = "KVM_RUN: the guest did not end\n";
    (void)signal;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(2);
    _exit(1);
}

/* ---- what differs between architectures: the code, its start, and how it ends ---- */

#if defined(__x86_64__)

/* dec ecx (operand-size prefix: the processor starts in real mode); jnz; hlt. */
static const uint8_t code[] = {0x66, 0x49, 0x75, 0xFC, 0xF4};
enum { END_REASON = KVM_EXIT_HLT };

static int set_up(int vm, int vcpu) {
    struct kvm_sregs segments;
    (void)vm;
    if (ioctl(vcpu, KVM_GET_SREGS, &segments) < 0)
        return fail("KVM_GET_SREGS");
    segments.cs.base = 0; /* a processor starts at the top of memory */
    segments.cs.selector = 0;
    return ioctl(vcpu, KVM_SET_SREGS, &segments) < 0 ? fail("KVM_SET_SREGS") : 0;
}

static int set_count(int vcpu, uint32_t count) {
    struct kvm_regs registers = {.rip = CODE_ADDRESS, .rflags = 2, .rcx = count};
    return ioctl(vcpu, KVM_SET_REGS, &registers) < 0 ? fail("KVM_SET_REGS") : 0;
}

static int get_count(int vcpu, uint64_t *count) {
    struct kvm_regs registers;
    if (ioctl(vcpu, KVM_GET_REGS, &registers) < 0)
        return fail("KVM_GET_REGS");
    *count = registers.rcx;
    return 0;
}

#elif defined(__aarch64__)

/*
 * nop; subs x0, x0, #1; b.ne; str w1, [x2]. x2 points where no memory is: a halt would not leave KVM_RUN. KVM completes
 * the store when it is next called, by going on one instruction from wherever the processor then stands: hence the nop.
 */
static const uint32_t code[] = {0xD503201F, 0xF1000400, 0x54FFFFE1, 0xB9000041};
static const uint64_t no_memory = 0x10000000;
enum { END_REASON = KVM_EXIT_MMIO };

#define CORE_REGISTER(name) (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | (offsetof(struct kvm_regs, name) / sizeof(uint32_t)))

static int set_register(int vcpu, uint64_t id, uint64_t value) {
    struct kvm_one_reg request = {.id = id, .addr = (uintptr_t)&value};
    return ioctl(vcpu, KVM_SET_ONE_REG, &request) < 0 ? fail("KVM_SET_ONE_REG") : 0;
}

static int set_up(int vm, int vcpu) {
    struct kvm_vcpu_init init;
    if (ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init) < 0)
        return fail("KVM_ARM_PREFERRED_TARGET");
    return ioctl(vcpu, KVM_ARM_VCPU_INIT, &init) < 0 ? fail("KVM_ARM_VCPU_INIT") : 0;
}

static int set_count(int vcpu, uint32_t count) {
    return set_register(vcpu, CORE_REGISTER(regs.pc), CODE_ADDRESS) < 0 || set_register(vcpu, CORE_REGISTER(regs.regs[0]), count) < 0
               ? -1
               : set_register(vcpu, CORE_REGISTER(regs.regs[2]), no_memory);
}

static int get_count(int vcpu, uint64_t *count) {
    struct kvm_one_reg request = {.id = CORE_REGISTER(regs.regs[0]), .addr = (uintptr_t)count};
    return ioctl(vcpu, KVM_GET_ONE_REG, &request) < 0 ? fail("KVM_GET_ONE_REG") : 0;
}

#endif

/* ---- the same everywhere ---- */

/* Runs the loop once; returns its time in ns, or -1 when what failed has been said. */
static int64_t run(int vcpu, const struct kvm_run *state, uint32_t iterations) {
    if (set_count(vcpu, iterations) < 0)
        return -1;
    int64_t began = now_ns();
    while (ioctl(vcpu, KVM_RUN, 0) < 0)
        if (errno != EINTR)
            return fail("KVM_RUN");
    int64_t took = now_ns() - began;
    if (state->exit_reason != END_REASON) {
        fprintf(stderr, "KVM_RUN: the guest ended with exit reason %u instead of %d\n", state->exit_reason, END_REASON);
        return -1;
    }
    uint64_t rest;
    if (get_count(vcpu, &rest) < 0)
        return -1;
    if (rest != 0) {
        fprintf(stderr, "KVM_RUN: the guest counted wrongly\n");
        return -1;
    }
    return took > 0 ? took : 1;
}

/* The processor, with its state mapped; -1 when what failed has been said. */
static int make_processor(const struct kvm_run **state) {
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (kvm < 0)
        return fail("open /dev/kvm");
    int version = ioctl(kvm, KVM_GET_API_VERSION, 0);
    if (version != KVM_API_VERSION) {
        fprintf(stderr, "KVM_GET_API_VERSION: %d instead of %d\n", version, KVM_API_VERSION);
        return -1;
    }
    int vm = ioctl(kvm, KVM_CREATE_VM, 0);
    if (vm < 0)
        return fail("KVM_CREATE_VM");
    uint8_t *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return fail("mmap of the guest's memory");
    memcpy(page, code, sizeof code);
    struct kvm_userspace_memory_region region = {.guest_phys_addr = CODE_ADDRESS, .memory_size = PAGE, .userspace_addr = (uintptr_t)page};
    if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
        return fail("KVM_SET_USER_MEMORY_REGION");
    int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
    if (vcpu < 0)
        return fail("KVM_CREATE_VCPU");
    int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (size < (int)sizeof(struct kvm_run))
        return fail("KVM_GET_VCPU_MMAP_SIZE");
    *state = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, vcpu, 0);
    if (*state == MAP_FAILED)
        return fail("mmap of the processor's state");
    return set_up(vm, vcpu) < 0 ? -1 : vcpu;
}

int main(void) {
    struct sigaction action = {.sa_handler = on_deadline};
    sigaction(SIGALRM, &action, NULL);
    alarm(DEADLINE_S);

    const struct kvm_run *state;
    int vcpu = make_processor(&state);
    if (vcpu < 0)
        return 1;
    for (uint32_t iterations = first_iterations;; iterations *= GROW) {
        int64_t took = run(vcpu, state, iterations);
        if (took < 0)
            return 1;
        if (took >= enough_ns || iterations > most_iterations / GROW) {
            printf("iterations=%" PRIu32 " nanoseconds=%" PRId64 " instructionsPerSecond=%.0f\n", iterations, took,
                   1e9 * INSTRUCTIONS_PER_ITERATION * iterations / (double)took);
            return 0;
        }
    }
}
