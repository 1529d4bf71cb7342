/* What disk.* share: finding, filling and checking the disk, and how what goes wrong with it is told. */
#ifndef VB_DISK_MEDIUM_H
#define VB_DISK_MEDIUM_H

#include "state.h"

/*
 * Maps the state, reads the parameters (depth, file, block, io, as far as the probe has them), opens the disk of the command line, and
 * fills what is used of it with blocks that do not compress, each stamped with its place. VB_FAILED, and the run says why, when that cannot
 * be.
 */
vb_status vb_disk_begin(vb_run *run, uint32_t block_bytes);

/* Ends the section because of a negative result of the platform, or of fewer bytes than asked for. Returns VB_FAILED. */
vb_status vb_disk_break(disk_state *state, int64_t result);

/* Starts a transfer of the slot's block, stamping it first when it is written. Whether that went. */
int vb_disk_start(disk_state *state, uint32_t slot, uint64_t offset, int is_write, uint64_t now_ticks);

/* Waits until at least one has ended, at most `most`: their slots. How many; 0: the section is over. Blocks that were read are checked. */
int vb_disk_wait(disk_state *state, vb_disk_done *done, int most);

/* After the last iteration: waits for what is in flight, sees whether the last writes are on the medium, and publishes metrics. */
vb_status vb_disk_verify(vb_run *run);

void vb_disk_end(vb_run *run);

#endif
