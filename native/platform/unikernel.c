/* The port to bare virtual hardware. General registers only: whoever emulates this guest may know no others. */
#include "unikernel.h"
#include "vb_platform_disk.h"

void vb_platform_write(const char *bytes, size_t length) {
    uk_console_write(bytes, length);
}

uint64_t vb_platform_monotonic_ns(void) {
    return uk_clock_ns();
}

/* Pages of 4 KiB unless huge ones are asked for, as in the Linux port, so that mem.* compare like with like. */
void *vb_platform_map(size_t bytes, unsigned flags) {
    return uk_area_map(bytes, (flags & VB_MAP_HUGE) != 0, (flags & VB_MAP_LAZY) != 0);
}

void vb_platform_unmap(void *address, size_t bytes) {
    (void)bytes;
    uk_area_unmap(address);
}

static int64_t call_clock(void) {
    return (int64_t)uk_clock_ns();
}

/* One program, one thread, no kernel to call: neither getppid nor pipes nor threads. */
const vb_platform_os *vb_platform_os_calls(void) {
    static const vb_platform_os calls = {
        .clock_monotonic = call_clock,
        .find_exit = uk_find_exit,
        .page_bytes = 4096,
    };
    return &calls;
}

const vb_platform_disk *vb_platform_disk_calls(const char **why) {
    *why = "the unikernel has no disk";
    return NULL;
}
