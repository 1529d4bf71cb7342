#define _GNU_SOURCE
#include "enclosure_cgroup.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"
#define INNER_CGROUP CGROUPS "/inside"

static int join(const char *directory) {
    char path[512];
    if (snprintf(path, sizeof path, "%s/cgroup.procs", directory) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int procs = open(path, O_WRONLY | O_CLOEXEC);
    if (procs < 0)
        return -1;
    ssize_t written = write(procs, "0", 1); /* the caller */
    int error = errno;
    close(procs);
    errno = error;
    return written == 1 ? 0 : -1;
}

int enter_cgroup(const char *directory) {
    /* The namespace's root is the group that its maker is in. Version 1 hierarchies are hidden by the mount. */
    if (join(directory) < 0 || unshare(CLONE_NEWCGROUP) < 0 ||
        mount("none", CGROUPS, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return -1;
    return mkdir(INNER_CGROUP, 0755);
}

int join_inner_cgroup(void) {
    return join(INNER_CGROUP);
}
