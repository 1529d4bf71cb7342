/*
 * disk.randread, disk.randwrite: one block at a random place; disk.read, disk.write: the next block of many. `depth` of them are in flight
 * all the time: whichever ends, the next takes its place, across iterations too. Every operation of the iterations that count is timed by
 * itself, from its start to when it was seen to have ended.
 */
#include "catalogue.h"
#include "disk_medium.h"
#include "random.h"

enum { RANDOM_BLOCK = 4096, SEQUENTIAL_BLOCK = 1 << 20 };

static uint64_t next_offset(disk_state *state) {
    const uint64_t blocks = state->file_bytes / state->block_bytes;
    if (state->is_random) {
        return (uint64_t)((unsigned __int128)vb_random(&state->random) * blocks >> 64) * state->block_bytes;
    }
    uint64_t position = state->position;
    state->position = position + 1 < blocks ? position + 1 : 0;
    return position * state->block_bytes;
}

static void run_transfers(void *context, intptr_t operations) {
    disk_state *state = context;
    const int is_actual = vb_run_is_actual(state->run);
    const double ns_per_tick = state->clock->ns_per_tick;
    uint64_t now = vb_clock_ticks(state->clock);
    for (uint32_t slot = state->in_flight; slot < state->depth && !state->is_broken; slot++) {
        vb_disk_start(state, slot, next_offset(state), state->writes, now);
    }
    while (operations > 0 && !state->is_broken) {
        vb_disk_done done[DISK_DEPTH_MAX];
        int count = vb_disk_wait(state, done, operations < DISK_DEPTH_MAX ? (int)operations : DISK_DEPTH_MAX);
        now = vb_clock_ticks(state->clock);
        for (int i = 0; i < count; i++) {
            if (is_actual) {
                vb_histogram_add(&state->times, (uint64_t)((double)(now - state->slots[done[i].slot].start_ticks) * ns_per_tick));
                state->timed++;
            }
            vb_disk_start(state, done[i].slot, next_offset(state), state->writes, now);
        }
        operations -= count;
    }
}

static vb_status open_transfers(vb_run *run, int is_random, int writes) {
    if (vb_disk_begin(run, is_random ? RANDOM_BLOCK : SEQUENTIAL_BLOCK) != VB_OK) {
        return VB_FAILED;
    }
    disk_state *state = run->context;
    state->is_random = is_random;
    state->writes = writes;
    if (is_random) {
        vb_metric_add(run, "work", 1, "transfer");
    } else {
        vb_metric_add(run, "work", (double)state->block_bytes, "B");
    }
    return VB_OK;
}

static vb_status open_randread(vb_run *run) {
    return open_transfers(run, 1, 0);
}

static vb_status open_randwrite(vb_run *run) {
    return open_transfers(run, 1, 1);
}

static vb_status open_read(vb_run *run) {
    return open_transfers(run, 0, 0);
}

static vb_status open_write(vb_run *run) {
    return open_transfers(run, 0, 1);
}

const vb_probe vb_disk_randread = {
    .id = "disk.randread",
    .parameters = "depth=1 file=1G block=4K io=auto",
    .open = open_randread,
    .workload = run_transfers,
    .verify = vb_disk_verify,
    .close = vb_disk_end,
};

const vb_probe vb_disk_randwrite = {
    .id = "disk.randwrite",
    .parameters = "depth=1 file=1G block=4K io=auto",
    .open = open_randwrite,
    .workload = run_transfers,
    .verify = vb_disk_verify,
    .close = vb_disk_end,
};

const vb_probe vb_disk_read = {
    .id = "disk.read",
    .parameters = "depth=1 file=1G block=1M io=auto",
    .open = open_read,
    .workload = run_transfers,
    .verify = vb_disk_verify,
    .close = vb_disk_end,
};

const vb_probe vb_disk_write = {
    .id = "disk.write",
    .parameters = "depth=1 file=1G block=1M io=auto",
    .open = open_write,
    .workload = run_transfers,
    .verify = vb_disk_verify,
    .close = vb_disk_end,
};
