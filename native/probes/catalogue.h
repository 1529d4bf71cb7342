/* Every C probe of the archive; one file each, or one for a family. */
#ifndef VB_CATALOGUE_H
#define VB_CATALOGUE_H

#include "vb_engine.h"

extern const vb_probe vb_cpu_primes, vb_cpu_fma, vb_cpu_dgemm, vb_cpu_sha256, vb_cpu_sort;
extern const vb_probe vb_mem_copy, vb_mem_scale, vb_mem_add, vb_mem_triad, vb_mem_latency, vb_mem_random, vb_mem_fault;
extern const vb_probe vb_os_syscall, vb_os_clock, vb_os_pipe, vb_os_thread, vb_os_cpuid, vb_os_jitter;
extern const vb_probe vb_exit_io, vb_exit_mmio, vb_exit_hypercall, vb_exit_ipi;
extern const vb_probe vb_net_tcp_stream, vb_net_udp_stream, vb_net_tcp_rr, vb_net_udp_rr, vb_net_tcp_crr;
extern const vb_probe vb_disk_randread, vb_disk_randwrite, vb_disk_read, vb_disk_write, vb_disk_fsync;

/* Memory for a probe's state, zeroed and page-aligned; fails the run when there is none. */
void *vb_probe_map(vb_run *run, size_t bytes);

#endif
