/* The guest program for Rumprun. */
#include "rumprun.h"
#include "vb_engine.h"
#include "vb_platform.h"

/* Built by the harness with the user's toolchain, which says what it links (VB_BUILD_HASH). */
const char *vb_build_hash(void) {
    return VB_BUILD_HASH;
}

int main(int argc, char **argv) {
    vb_rumprun_enable_vectors();
    vb_rumprun_take_memory();
    int count = 0;
    while (vb_probes[count] != NULL) {
        count++;
    }
    return vb_main(argc, (const char *const *)argv, "c", vb_build_hash(), vb_probes, count);
}
