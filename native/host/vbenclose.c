/*
 * vbenclose: runs a program so that nothing it starts can outlive it.
 *
 *   vbenclose [--no-namespaces] [--lifeline] [--unmount PATH]... [--tmpfs PATH]...
 *             [--bind SOURCE TARGET]... [--cgroup-root DIRECTORY] [--after PROGRAM ARG... ;] -- PROGRAM ARG...
 *   vbenclose --mounts-only [--cgroup PATH]... [--unmount PATH]... [--tmpfs PATH]... [--bind SOURCE TARGET]...
 *             -- PROGRAM ARG...
 *
 * The program runs in private PID and mount namespaces. Its process tree is
 *
 *   outer    the process that was started: forwards signals, returns the program's exit status
 *     init     PID 1 of the namespace: reaps orphans, ends when the program ends
 *       program
 *
 * and the kernel kills everything in a PID namespace when its init ends: also what daemonised itself (QEMU under an embedded libvirt,
 * containerd's shims). init asks the kernel for SIGKILL when outer dies, so that killing any of the three ends all.
 *
 *   --no-namespaces  for those who may not make namespaces: a subreaper kills what is left when the program ends.
 *                    What became a daemon survives a SIGKILL of outer.
 *   --lifeline       stdin is a pipe whose other end the starter holds; when it closes, everything is killed.
 *                    The program reads /dev/null.
 *   --unmount PATH   takes a mount away from the program's view.
 *   --tmpfs PATH     an empty file system there, in the program's view only: for state at fixed paths that
 *                    should vanish with it.
 *   --bind SOURCE TARGET   a directory under a second name, made where it is not there: below a --tmpfs, say.
 *   --cgroup-root DIRECTORY  a group of the host's cgroup v2, made by the starter: the program runs in a group of its own in
 *                    there and sees, at /sys/fs/cgroup, nothing above or beside: what it makes or removes by name is its own.
 *   --after ... ;    run once, outside, when the program was killed by a signal or by the lifeline.
 *   --mounts-only    a private mount namespace, and no process but the program.
 *   --cgroup PATH    with --mounts-only: the program runs in this control group, a directory below a cgroup file system.
 *
 * Exit status: the program's; 128+N when signal N killed it; 125 when vbenclose failed, 126 and 127 when PROGRAM could not be executed or
 * found.
 */
#define _GNU_SOURCE
#include "enclosure_init.h"
#include "enclosure_mounts.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGQUIT};
enum { FORWARDED = sizeof forwarded / sizeof forwarded[0] };

/* -1 and errno: at least one could not be joined. */
static int join_groups(const options *o) {
    for (int i = 0; i < o->group_count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/cgroup.procs", o->groups[i]);
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            return -1;
        ssize_t wrote = write(fd, "0", 1); /* whoever writes */
        int error = errno;
        close(fd);
        errno = error;
        if (wrote != 1)
            return -1;
    }
    return 0;
}

static void run_after(char **command, const signal_masks *masks) {
    pid_t pid = fork();
    if (pid == 0)
        execute(command, &masks->original);
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

/* Returns once the program and everything it started have ended. -1 and errno: it could not be started. */
static int enclose(const options *o, const signal_masks *masks, int signals, int *wait_status) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    /* Not unshare(): `--after` has to run outside, and after unshare(CLONE_NEWPID) every child would be inside. */
    pid_t init = o->namespaces ? (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0) : fork();
    if (init == 0) {
        close(ends[0]);
        run_init(o, masks, ends[1]);
    }
    int error = errno;
    close(ends[1]);
    if (init < 0) {
        close(ends[0]);
        errno = error;
        return -1;
    }

    struct pollfd sources[2] = {{.fd = signals, .events = POLLIN}, {.fd = o->lifeline ? 0 : -1, .events = POLLIN}};
    int status = 0;
    for (bool running = true; running;) {
        if (poll(sources, 2, -1) < 0)
            continue;
        if (sources[1].revents) {
            char ignored[256];
            if (read(0, ignored, sizeof ignored) <= 0) {
                sources[1].fd = -1;
                if (o->namespaces)
                    kill(init, SIGKILL);
                else
                    sigqueue(init, SIGRTMIN, (union sigval){.sival_int = 0});
            }
        }
        struct signalfd_siginfo info;
        if (!(sources[0].revents & POLLIN) || read(signals, &info, sizeof info) != sizeof info)
            continue;
        if (info.ssi_signo == SIGCHLD)
            running = waitpid(init, &status, WNOHANG) != init;
        else if (info.ssi_code != SI_KERNEL) /* the terminal has told the whole foreground group */
            sigqueue(init, SIGRTMIN, (union sigval){.sival_int = (int)info.ssi_signo});
    }

    report r;
    ssize_t length = read(ends[0], &r, sizeof r);
    close(ends[0]);
    if (length == sizeof r && r.kind == SETUP_FAILED) {
        errno = r.value;
        return -1;
    }
    *wait_status = length == sizeof r ? r.value : status; /* init itself was killed: its own status */
    return 0;
}

int main(int argc, char **argv) {
    options o;
    signal_masks masks;
    if (!parse_options(argc, argv, &o)) {
        complain("usage: vbenclose [--no-namespaces|--mounts-only] [--lifeline] [--cgroup PATH] [--unmount PATH] [--tmpfs PATH] "
                 "[--bind SOURCE TARGET] [--cgroup-root DIRECTORY] [--after PROGRAM ARG... ;] -- PROGRAM ARG...");
        return FAILED;
    }
    sigprocmask(SIG_SETMASK, NULL, &masks.original);
    if (o.mounts_only) {
        if (join_groups(&o) < 0) {
            complain("cannot join a control group: %s", strerror(errno));
            return FAILED;
        }
        if (unshare(CLONE_NEWNS) < 0 || make_mounts_private(&o) < 0) {
            complain("cannot make a private mount namespace: %s", strerror(errno));
            return FAILED;
        }
        execute(o.program, &masks.original);
    }

    sigemptyset(&masks.handled);
    sigaddset(&masks.handled, SIGCHLD);
    for (int i = 0; i < FORWARDED; i++)
        sigaddset(&masks.handled, forwarded[i]);
    int signals = signalfd(-1, &masks.handled, SFD_CLOEXEC);
    sigaddset(&masks.handled, SIGRTMIN); /* from outer to init, which inherits the mask */
    /* An inherited SIG_IGN would make the kernel reap children itself. */
    signal(SIGCHLD, SIG_DFL);
    if (signals < 0 || sigprocmask(SIG_BLOCK, &masks.handled, NULL) < 0) {
        complain("cannot take over signals: %s", strerror(errno));
        return FAILED;
    }

    int status;
    int result = enclose(&o, &masks, signals, &status);
    if (result < 0 && o.namespaces && !o.cgroup_root) {
        complain("no namespaces (%s): leftovers are looked for when the program ends", strerror(errno));
        o.namespaces = false;
        result = enclose(&o, &masks, signals, &status);
    }
    if (result < 0) {
        complain("cannot start %s: %s", o.program[0], strerror(errno));
        return FAILED;
    }
    if (o.after && WIFSIGNALED(status))
        run_after(o.after, &masks);
    return shell_status(status);
}
