/* The command line of vbenclose. */
#include "enclosure_options.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool parse_options(int argc, char **argv, options *o) {
    *o = (options){.namespaces = true};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--")) {
            o->program = argv + i + 1;
            return i + 1 < argc && !(o->cgroup_root && (o->mounts_only || !o->namespaces));
        } else if (!strcmp(argv[i], "--no-namespaces")) {
            o->namespaces = false;
        } else if (!strcmp(argv[i], "--mounts-only")) {
            o->mounts_only = true;
        } else if (!strcmp(argv[i], "--lifeline")) {
            o->lifeline = true;
        } else if (!strcmp(argv[i], "--unmount") && i + 1 < argc && o->unmount_count < MOUNT_MAX) {
            o->unmount[o->unmount_count++] = argv[++i];
        } else if (!strcmp(argv[i], "--tmpfs") && i + 1 < argc && o->tmpfs_count < MOUNT_MAX) {
            o->tmpfs[o->tmpfs_count++] = argv[++i];
        } else if (!strcmp(argv[i], "--bind") && i + 2 < argc && o->bind_count < MOUNT_MAX) {
            o->binds[o->bind_count][0] = argv[++i];
            o->binds[o->bind_count++][1] = argv[++i];
        } else if (!strcmp(argv[i], "--cgroup") && i + 1 < argc && o->group_count < GROUP_MAX) {
            o->groups[o->group_count++] = argv[++i];
        } else if (!strcmp(argv[i], "--cgroup-root") && i + 1 < argc) {
            o->cgroup_root = argv[++i];
        } else if (!strcmp(argv[i], "--after") && i + 1 < argc) {
            o->after = argv + i + 1;
            while (i < argc && strcmp(argv[i], ";"))
                i++;
            if (i >= argc || o->after == argv + i)
                return false;
            argv[i] = NULL;
        } else {
            return false;
        }
    }
    return false;
}

void complain(const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(stderr, "vbenclose: %s\n", text);
}
