#include "disk_medium.h"
#include "distribution.h"

static disk_stamp *block_of(const disk_state *state, uint32_t slot) {
    return (disk_stamp *)(state->memory + slot * state->block_bytes);
}

int vb_disk_start(disk_state *state, uint32_t slot, uint64_t offset, int is_write, uint64_t now_ticks) {
    disk_stamp *block = block_of(state, slot);
    disk_slot *entry = &state->slots[slot];
    *entry = (disk_slot){.offset = offset, .start_ticks = now_ticks};
    /* What is read must not be there before. */
    *block = (disk_stamp){0};
    if (is_write) {
        entry->sequence = ++state->written;
        *block = (disk_stamp){.place = offset ^ state->salt, .sequence = entry->sequence};
    }
    vb_disk_transfer transfer = {
        .offset = offset, .bytes = (uint8_t *)block, .length = (uint32_t)state->block_bytes, .slot = slot, .is_write = is_write};
    int error = state->disk->start(state->disk, &transfer);
    if (error != 0) {
        vb_disk_break(state, error);
        return 0;
    }
    state->in_flight++;
    return 1;
}

static int wrong_block(disk_state *state, const char *why) {
    state->is_broken = 1;
    vb_fail(state->run, why);
    return 0;
}

static int accept(disk_state *state, const vb_disk_done *done) {
    if (done->slot >= state->depth) {
        return wrong_block(state, "the system ended a transfer that nobody started");
    }
    const disk_slot *entry = &state->slots[done->slot];
    if (done->result != (int64_t)state->block_bytes) {
        vb_disk_break(state, done->result);
        return 0;
    }
    state->bytes += state->block_bytes;
    if (entry->sequence > 0) {
        state->recent[state->ended++ % DISK_RECENT] = (disk_stamp){.place = entry->offset, .sequence = entry->sequence};
        return 1;
    }
    return block_of(state, done->slot)->place == (entry->offset ^ state->salt) ||
           wrong_block(state, "a block that was read is not what was written there");
}

int vb_disk_wait(disk_state *state, vb_disk_done *done, int most) {
    int count = state->disk->wait(state->disk, done, most);
    if (count < 0) {
        vb_disk_break(state, count);
        return 0;
    }
    state->in_flight -= (uint32_t)count;
    for (int i = 0; i < count; i++) {
        if (!accept(state, &done[i])) {
            return 0;
        }
    }
    return count;
}

/* Reads the block of a write that ended. A later write to it is as good; of those in flight at once, either may be the last. */
static vb_status read_back(disk_state *state, const disk_stamp *write) {
    vb_disk_done done;
    if (!vb_disk_start(state, 0, write->place, 0, 0) || vb_disk_wait(state, &done, 1) == 0) {
        return VB_FAILED;
    }
    return block_of(state, 0)->sequence + state->depth > write->sequence
               ? VB_OK
               : vb_fail(state->run, "a block that was written holds what was there before");
}

vb_status vb_disk_verify(vb_run *run) {
    disk_state *state = run->context;
    while (state->in_flight > 0) {
        vb_disk_done done[DISK_DEPTH_MAX];
        if (state->is_broken || vb_disk_wait(state, done, DISK_DEPTH_MAX) == 0) {
            return VB_FAILED;
        }
    }
    if (state->timed != state->times.count) {
        return vb_fail(run, "not every operation was timed");
    }
    double bytes = (double)state->bytes;
    uint64_t recent = state->ended < DISK_RECENT ? state->ended : DISK_RECENT;
    for (uint64_t i = 0; i < recent; i++) {
        if (read_back(state, &state->recent[i]) != VB_OK) {
            return VB_FAILED;
        }
    }
    vb_metric_add(run, "bytes", bytes, "B");
    return vb_report_times(run, "latency", &state->times);
}
