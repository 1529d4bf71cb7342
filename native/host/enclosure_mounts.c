#define _GNU_SOURCE
#include "enclosure_mounts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

int make_mounts_private(const options *o) {
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return -1;
    for (int i = 0; i < o->unmount_count; i++)
        /* EINVAL, ENOENT: it is not there, which is what was asked for. */
        if (umount2(o->unmount[i], MNT_DETACH) < 0 && errno != EINVAL && errno != ENOENT)
            return -1;
    for (int i = 0; i < o->tmpfs_count; i++)
        if (mount("tmpfs", o->tmpfs[i], "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0)
            return -1;
    for (int i = 0; i < o->bind_count; i++)
        if ((mkdir(o->binds[i][1], 0755) < 0 && errno != EEXIST) || mount(o->binds[i][0], o->binds[i][1], NULL, MS_BIND, NULL) < 0)
            return -1;
    return 0;
}

/* binfmt_misc is a mount below the old /proc, which the new one covers: it is carried over. */
int mount_proc(void) {
    static const char binfmt[] = "/proc/sys/fs/binfmt_misc";
    enum { BINFMT_MAGIC = 0x42494e4d };
    struct statfs fs;
    int old = statfs(binfmt, &fs) == 0 && fs.f_type == BINFMT_MAGIC ? open(binfmt, O_PATH | O_CLOEXEC) : -1;
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return -1;
    if (old >= 0) {
        char path[40];
        snprintf(path, sizeof path, "/proc/self/fd/%d", old);
        /* Without it only foreign-architecture containers lose their translator, and the harness says so: no reason to fail. */
        if (mount(path, binfmt, NULL, MS_BIND, NULL) < 0)
            complain("binfmt_misc is not visible inside: %s", strerror(errno));
        close(old);
    }
    return 0;
}
