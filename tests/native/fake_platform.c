#include "fake_platform.h"
#include "clock.h"
#include "vb_platform.h"
#include <stdlib.h>
#include <string.h>

char fake_console[FAKE_CONSOLE_MAX];
static size_t console_length;
uint64_t fake_now_ns;
uint64_t fake_read_cost_ns;
int fake_mappings;
int fake_memory_left;
vb_platform_os fake_os;
const vb_platform_net *fake_sockets;
const vb_platform_disk *fake_disk;

void fake_reset(void) {
    static const vb_clock clock = {.name = "fake", .hz = 1e9, .ns_per_tick = 1, .is_register = 0};
    vb_clock_install(&clock);
    console_length = 0;
    fake_console[0] = '\0';
    fake_now_ns = 0;
    fake_read_cost_ns = 0;
    fake_memory_left = -1;
    fake_sockets = NULL;
    fake_disk = NULL;
    fake_os = (vb_platform_os){0}; /* a system without any of the optional calls */
}

int fake_count(const char *text) {
    int count = 0;
    for (const char *at = fake_console; (at = strstr(at, text)) != NULL; at++) {
        count++;
    }
    return count;
}

int fake_line_count(void) {
    return fake_count("\n");
}

void vb_platform_write(const char *bytes, size_t length) {
    if (console_length + length >= sizeof(fake_console)) {
        abort();
    }
    memcpy(fake_console + console_length, bytes, length);
    console_length += length;
    fake_console[console_length] = '\0';
}

uint64_t vb_platform_monotonic_ns(void) {
    fake_now_ns += fake_read_cost_ns;
    return fake_now_ns;
}

void *vb_platform_map(size_t bytes, unsigned flags) {
    (void)flags;
    if (fake_memory_left == 0) {
        return NULL;
    }
    fake_memory_left -= fake_memory_left > 0;
    fake_mappings++;
    void *memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (memory != NULL) {
        memset(memory, 0, bytes);
    }
    return memory;
}

void vb_platform_unmap(void *address, size_t bytes) {
    (void)bytes;
    fake_mappings--;
    free(address);
}

const vb_platform_os *vb_platform_os_calls(void) {
    return &fake_os;
}

const vb_platform_net *vb_platform_net_calls(const char **why) {
    *why = "this system has no sockets";
    return fake_sockets;
}

const vb_platform_disk *vb_platform_disk_calls(const char **why) {
    *why = "this system has no disk";
    return fake_disk;
}
