/* What vbenclose was asked to do, and how it answers. */
#ifndef VB_ENCLOSURE_OPTIONS_H
#define VB_ENCLOSURE_OPTIONS_H

#include <stdbool.h>

/* Exit statuses of its own; the others are the program's. */
enum { FAILED = 125, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

enum { MOUNT_MAX = 8 };

typedef struct options {
    bool namespaces;
    bool mounts_only;
    bool lifeline;
    const char *unmount[MOUNT_MAX];
    int unmount_count;
    const char *tmpfs[MOUNT_MAX];
    int tmpfs_count;
    const char *cgroup; /* NULL: stays where it is */
    char **after;       /* NULL: nothing */
    char **program;
} options;

/* Puts the NULL that ends `after` into argv. false: not a command line of vbenclose. */
bool parse_options(int argc, char **argv, options *o);

/* One line on stderr. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

#endif
