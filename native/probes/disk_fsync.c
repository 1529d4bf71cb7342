/*
 * disk.fsync: one block written directly behind the one before, and fsync: what a log pays for each commit. Every operation of the
 * iterations that count is timed by itself.
 */
#include "catalogue.h"
#include "disk_medium.h"

enum { BLOCK = 4096 };

static int commit(disk_state *state, uint64_t now_ticks) {
    const uint64_t blocks = state->file_bytes / state->block_bytes;
    vb_disk_done done;
    uint64_t offset = state->position * state->block_bytes;
    state->position = state->position + 1 < blocks ? state->position + 1 : 0;
    if (!vb_disk_start(state, 0, offset, 1, now_ticks) || vb_disk_wait(state, &done, 1) == 0) {
        return 0;
    }
    int error = state->disk->flush(state->disk);
    if (error != 0) {
        vb_disk_break(state, error);
    }
    return error == 0;
}

/* The end of one is the start of the next, so that the clock is read once an operation. */
static void run_commits(void *context, intptr_t operations) {
    disk_state *state = context;
    const int is_actual = vb_run_is_actual(state->run);
    uint64_t last = vb_clock_ticks(state->clock);
    for (intptr_t i = 0; i < operations && !state->is_broken && commit(state, last); i++) {
        uint64_t now = vb_clock_ticks(state->clock);
        if (is_actual) {
            vb_histogram_add(&state->times, (uint64_t)((double)(now - last) * state->clock->ns_per_tick));
            state->timed++;
        }
        last = now;
    }
}

static vb_status open_commits(vb_run *run) {
    if (vb_disk_begin(run, BLOCK) != VB_OK) {
        return VB_FAILED;
    }
    disk_state *state = run->context;
    int error = state->disk->flush(state->disk);
    vb_metric_add(run, "work", 1, "commit");
    return error == 0 ? VB_OK : vb_disk_break(state, error);
}

const vb_probe vb_disk_fsync = {
    .id = "disk.fsync",
    .parameters = "file=1G block=4K io=auto",
    .open = open_commits,
    .workload = run_commits,
    .verify = vb_disk_verify,
    .close = vb_disk_end,
};
