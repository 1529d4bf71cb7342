/* Where the disk is, how large it is to be, and its filling. */
#include "catalogue.h"
#include "disk_medium.h"
#include "random.h"
#include "text.h"

/* A disk is filled in pieces of this size: a whole number of blocks of any size. */
enum { PIECE_BYTES = 1 << 20, PIECES_IN_FLIGHT = 4, BLOCK_MIN = 512 };

static const uint64_t file_most = (uint64_t)1 << 44;

static vb_status complain(disk_state *state, const char *before, uint64_t has, const char *between, uint64_t wanted, const char *after) {
    const uint64_t mib = 1 << 20;
    char message[sizeof(state->run->error)];
    vb_text text = {.bytes = message, .capacity = sizeof(message) - 1};
    vb_text_string(&text, before);
    vb_text_unsigned(&text, has / mib, 0);
    vb_text_string(&text, between);
    vb_text_unsigned(&text, (wanted + mib - 1) / mib, 0);
    vb_text_string(&text, after);
    message[text.length] = '\0';
    return vb_fail(state->run, message);
}

/* There is room for the whole of it: a directory keeps 5 % more, for a file system that is filled to the brim is another one. */
static vb_status check_room(disk_state *state, const vb_disk_place *place) {
    if (place->is_device) {
        return place->bytes >= state->file_bytes ? VB_OK
                                                 : complain(state, "the device has ", place->bytes, " MiB, less than file= of ",
                                                            state->file_bytes, " MiB: give a smaller file=");
    }
    uint64_t wanted = state->file_bytes + state->file_bytes / 20;
    return place->bytes >= wanted ? VB_OK
                                  : complain(state, "the directory has ", place->bytes, " MiB free and the test file takes ", wanted,
                                             " MiB (with 5 % to spare): free some, or give a smaller file=");
}

static int read_method(const char *name, vb_disk_method *method) {
    static const char *const names[] = {"auto", "io_uring", "libaio", "pread"};
    for (int i = 0; i < 4; i++) {
        if (vb_string_equal(name, names[i])) {
            *method = (vb_disk_method)i;
            return 1;
        }
    }
    return 0;
}

static vb_status read_parameters(disk_state *state, uint32_t block_bytes, vb_disk_method *method) {
    vb_run *run = state->run;
    int64_t depth = vb_parameter_integer(run, "depth", 1);
    int64_t file = vb_parameter_integer(run, "file", (int64_t)1 << 30);
    int64_t block = vb_parameter_integer(run, "block", block_bytes);
    if (depth < 1 || depth > DISK_DEPTH_MAX) {
        return vb_fail(run, "depth must be between 1 and 128");
    }
    if (block < BLOCK_MIN || block > PIECE_BYTES || (block & (block - 1)) != 0) {
        return vb_fail(run, "block must be a power of two between 512 and 1M");
    }
    if (file < block * depth || file % block != 0 || (uint64_t)file > file_most) {
        return vb_fail(run, "file must be a whole number of blocks, at least as many as depth, and at most 16384G");
    }
    if (!read_method(vb_parameter_text(run, "io", "auto"), method)) {
        return vb_fail(run, "io must be auto, io_uring, libaio or pread");
    }
    state->depth = (uint32_t)depth;
    state->file_bytes = (uint64_t)file;
    state->block_bytes = (uint64_t)block;
    return run->error[0] == '\0' ? VB_OK : VB_FAILED;
}

/* No two blocks alike, and none that compresses: a disk that saves itself the work would be another one. */
static void make_piece(disk_state *state, uint8_t *piece, uint64_t offset, uint64_t length) {
    uint64_t *words = (uint64_t *)piece, random = offset ^ state->salt;
    for (uint64_t i = 0; i < length / sizeof(*words); i++) {
        words[i] = vb_random(&random);
    }
    for (uint64_t block = 0; block < length; block += state->block_bytes) {
        *(disk_stamp *)(piece + block) = (disk_stamp){.place = (offset + block) ^ state->salt, .sequence = 0};
    }
}

static vb_status start_piece(disk_state *state, uint32_t slot, uint64_t offset, uint64_t *lengths) {
    uint64_t left = state->file_bytes - offset;
    uint8_t *piece = state->memory + (uint64_t)slot * PIECE_BYTES;
    lengths[slot] = left < PIECE_BYTES ? left : PIECE_BYTES;
    make_piece(state, piece, offset, lengths[slot]);
    vb_disk_transfer transfer = {.offset = offset, .bytes = piece, .length = (uint32_t)lengths[slot], .slot = slot, .is_write = 1};
    int error = state->disk->start(state->disk, &transfer);
    return error == 0 ? VB_OK : vb_disk_break(state, error);
}

/* Writes all of it, several pieces at a time where the depth allows that, and makes the system forget it. */
static vb_status fill(disk_state *state) {
    uint64_t lengths[PIECES_IN_FLIGHT], next = 0, pieces = (state->file_bytes + PIECE_BYTES - 1) / PIECE_BYTES;
    uint32_t free_slots = state->depth < PIECES_IN_FLIGHT ? state->depth : PIECES_IN_FLIGHT;
    for (uint32_t slot = 0; slot < free_slots && next < pieces; slot++) {
        if (start_piece(state, slot, next++ * PIECE_BYTES, lengths) != VB_OK) {
            return VB_FAILED;
        }
    }
    for (uint64_t ended = 0; ended < pieces;) {
        vb_disk_done done[PIECES_IN_FLIGHT];
        int count = state->disk->wait(state->disk, done, PIECES_IN_FLIGHT);
        if (count < 0) {
            return vb_disk_break(state, count);
        }
        for (int i = 0; i < count; i++, ended++) {
            if (done[i].result != (int64_t)lengths[done[i].slot]) {
                return vb_disk_break(state, done[i].result);
            }
            if (next < pieces && start_piece(state, done[i].slot, next++ * PIECE_BYTES, lengths) != VB_OK) {
                return VB_FAILED;
            }
        }
    }
    int error = state->disk->flush(state->disk);
    state->disk->forget(state->disk);
    return error == 0 || error == VB_DISK_NO_FLUSH ? VB_OK : vb_disk_break(state, error);
}

static vb_status open_disk(disk_state *state, const vb_platform_disk *system, vb_disk_method method) {
    vb_disk_place place;
    int error = system->look(state->path, &place);
    if (error != 0) {
        return vb_disk_break(state, error);
    }
    if (check_room(state, &place) != VB_OK) {
        return VB_FAILED;
    }
    const size_t blocks = (size_t)state->depth * state->block_bytes, pieces = (size_t)PIECES_IN_FLIGHT * PIECE_BYTES;
    state->memory_bytes = blocks > pieces ? blocks : pieces;
    state->memory = vb_probe_map(state->run, state->memory_bytes);
    if (state->memory == NULL) {
        return VB_FAILED;
    }
    vb_disk_request request = {
        .path = state->path,
        .bytes = state->file_bytes,
        .depth = state->depth,
        .method = method,
        .memory = state->memory,
        .memory_bytes = state->memory_bytes,
    };
    state->disk = system->open(&request, &error);
    if (state->disk == NULL) {
        return vb_disk_break(state, error);
    }
    vb_run_note(state->run, "io", state->disk->method);
    vb_run_note(state->run, "disk", place.is_device ? "device" : place.system);
    return fill(state);
}

vb_status vb_disk_begin(vb_run *run, uint32_t block_bytes) {
    const char *why = "";
    const vb_platform_disk *system = vb_platform_disk_calls(&why);
    if (system == NULL) {
        return vb_unsupported(run, why);
    }
    if (vb_run_disk(run) == NULL) {
        return vb_unsupported(run, "no disk: name a directory or a block device of its own with --disk=PATH");
    }
    disk_state *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    state->run = run;
    state->path = vb_run_disk(run);
    state->clock = vb_clock_get();
    state->salt = vb_platform_monotonic_ns();
    state->salt = vb_random(&state->salt);
    state->random = state->salt;
    vb_disk_method method = VB_DISK_AUTO;
    return read_parameters(state, block_bytes, &method) == VB_OK ? open_disk(state, system, method) : VB_FAILED;
}

void vb_disk_end(vb_run *run) {
    disk_state *state = run->context;
    if (state == NULL) {
        return;
    }
    if (state->disk != NULL) {
        state->disk->close(state->disk);
    }
    if (state->memory != NULL) {
        vb_platform_unmap(state->memory, state->memory_bytes);
    }
    vb_platform_unmap(state, sizeof(*state));
}
