#include "catalogue.h"
#include "vb_platform.h"

const vb_probe *const vb_probes[] = {
    &vb_cpu_primes,     &vb_cpu_fma,        &vb_cpu_dgemm,      &vb_cpu_sha256, &vb_cpu_sort,   &vb_mem_copy,    &vb_mem_scale,
    &vb_mem_add,        &vb_mem_triad,      &vb_mem_latency,    &vb_mem_random, &vb_mem_fault,  &vb_os_syscall,  &vb_os_clock,
    &vb_os_pipe,        &vb_os_thread,      &vb_os_cpuid,       &vb_os_jitter,  &vb_exit_io,    &vb_exit_mmio,   &vb_exit_hypercall,
    &vb_exit_ipi,       &vb_net_tcp_stream, &vb_net_udp_stream, &vb_net_tcp_rr, &vb_net_udp_rr, &vb_net_tcp_crr, &vb_disk_randread,
    &vb_disk_randwrite, &vb_disk_read,      &vb_disk_write,     &vb_disk_fsync, NULL,
};

void *vb_probe_map(vb_run *run, size_t bytes) {
    void *memory = vb_platform_map(bytes, 0);
    if (memory == NULL) {
        vb_fail(run, "not enough memory");
    }
    return memory;
}
