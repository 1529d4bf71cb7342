#define _GNU_SOURCE
#include "enclosure_init.h"
#include "enclosure_cgroup.h"
#include "enclosure_mounts.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A signal that kill(-group) sent to outer and to the program is forwarded within this time, and must not arrive twice. */
static const int64_t same_signal_ns = 500000000;

int shell_status(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

_Noreturn void execute(char **program, const sigset_t *mask) {
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(program[0], program);
    int error = errno;
    complain("cannot execute %s: %s", program[0], strerror(error));
    _exit(error == ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

static int parent_of(int pid) {
    char path[40], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0)
        return -1;
    text[length] = 0;
    const char *end = strrchr(text, ')'); /* the name before it may hold anything */
    int parent;
    return end && sscanf(end, ") %*c %d", &parent) == 1 ? parent : -1;
}

static void kill_children(void) {
    DIR *proc = opendir("/proc");
    if (!proc)
        return;
    for (struct dirent *entry; (entry = readdir(proc));) {
        int pid = atoi(entry->d_name);
        if (pid > 0 && parent_of(pid) == getpid())
            kill(pid, SIGKILL);
    }
    closedir(proc);
}

/* Without a PID namespace: a killed child's children become ours (subreaper), until there are none. */
static void kill_descendants(void) {
    const struct timespec pause = {.tv_nsec = 2000000};
    for (int round = 0; round < 2500; round++) {
        kill_children();
        pid_t reaped;
        while ((reaped = waitpid(-1, NULL, WNOHANG)) > 0) {
        }
        if (reaped < 0)
            return;
        nanosleep(&pause, NULL);
    }
    complain("some processes could not be killed");
}

static _Noreturn void finish(int pipe, report r, int status) {
    if (write(pipe, &r, sizeof r) != sizeof r)
        status = FAILED;
    _exit(status);
}

_Noreturn void run_init(const options *o, const signal_masks *masks, int pipe) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* outer may have died before the request was in place; it held the pipe's other end. */
    struct pollfd reader = {.fd = pipe, .events = POLLOUT};
    if (poll(&reader, 1, 0) == 1 && reader.revents & POLLERR)
        _exit(FAILED);
    if (o->namespaces && (make_mounts_private(o) < 0 || mount_proc() < 0 || (o->cgroup_root && enter_cgroup(o->cgroup_root) < 0)))
        finish(pipe, (report){SETUP_FAILED, errno}, FAILED);
    if (!o->namespaces)
        prctl(PR_SET_CHILD_SUBREAPER, 1);

    pid_t self = getpid();
    pid_t program = fork();
    if (program < 0)
        finish(pipe, (report){SETUP_FAILED, errno}, FAILED);
    if (program == 0) {
        if (!o->namespaces) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != self)
                _exit(FAILED);
        }
        if (o->cgroup_root && join_inner_cgroup() < 0) {
            complain("cannot enter a cgroup: %s", strerror(errno));
            _exit(FAILED);
        }
        if (o->lifeline) {
            int null = open("/dev/null", O_RDONLY);
            dup2(null, 0);
            if (null > 0)
                close(null);
        }
        execute(o->program, &masks->original);
    }

    int64_t direct_ns[NSIG] = {0};
    for (;;) {
        siginfo_t info;
        int number = sigwaitinfo(&masks->handled, &info);
        if (number == SIGCHLD) {
            int status;
            for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
                if (pid != program)
                    continue;
                if (!o->namespaces)
                    kill_descendants();
                finish(pipe, (report){PROGRAM_ENDED, status}, shell_status(status));
            }
        } else if (number == SIGRTMIN && info.si_code == SI_QUEUE) {
            /* From outer. 0: the lifeline is cut. A signal that reached init directly went to the whole group, the program included. */
            int signal = info.si_value.sival_int;
            if (signal == 0) {
                kill_descendants();
                finish(pipe, (report){PROGRAM_ENDED, SIGKILL}, 128 + SIGKILL);
            }
            if (signal > 0 && signal < NSIG && now_ns() - direct_ns[signal] > same_signal_ns)
                kill(program, signal);
        } else if (number > 0 && number < NSIG) {
            direct_ns[number] = now_ns();
        }
    }
}
