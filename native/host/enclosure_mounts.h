/* The program's own view of the file systems. Both want a mount namespace of one's own; -1 and errno: not done. */
#ifndef VB_ENCLOSURE_MOUNTS_H
#define VB_ENCLOSURE_MOUNTS_H

#include "enclosure_options.h"

/* From here on no mount is seen outside; then what --unmount, --tmpfs and --bind ask. */
int make_mounts_private(const options *o);

/* A /proc of this PID namespace, with the outer one's binfmt_misc. */
int mount_proc(void);

#endif
