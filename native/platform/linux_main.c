/* The guest program vbprobe-c. */
#include "vb_engine.h"
#include "vb_platform.h"

int main(int argc, char **argv) {
    int count = 0;
    while (vb_probes[count] != NULL) {
        count++;
    }
    return vb_main(argc, (const char *const *)argv, "c", vb_build_hash(), vb_probes, count);
}
