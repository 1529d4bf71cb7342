/*
 * vbenclose: runs a program so that nothing it starts can outlive it.
 *
 *   vbenclose [--no-namespaces] [--lifeline] [--unmount PATH]... [--tmpfs PATH]... [--after PROGRAM ARG... ;] --
 * PROGRAM ARG... vbenclose --mounts-only [--unmount PATH]... -- PROGRAM ARG...
 *
 * The program runs in private PID and mount namespaces. Its process tree is
 *
 *   outer    the process that was started: forwards signals, returns the program's exit status
 *     init     PID 1 of the namespace: reaps orphans, ends when the program ends
 *       program
 *
 * and the kernel kills everything in a PID namespace when its init ends: also what daemonised itself (QEMU under an
 * embedded libvirt, containerd's shims). init asks the kernel for SIGKILL when outer dies, so that killing any of the
 * three ends all.
 *
 *   --no-namespaces  for those who may not make namespaces: a subreaper kills what is left when the program ends. What
 * became a daemon survives a SIGKILL of outer.
 *   --lifeline       stdin is a pipe whose other end the starter holds; when it closes, everything is killed. The
 * program reads /dev/null.
 *   --unmount PATH   takes a mount away from the program's view.
 *   --tmpfs PATH     an empty file system there, in the program's view only: for state at fixed paths that should
 * vanish with it.
 *   --after ... ;    run once, outside, when the program was killed by a signal or by the lifeline.
 *   --mounts-only    a private mount namespace, and no process but the program.
 *
 * Exit status: the program's; 128+N when signal N killed it; 125 when vbenclose failed, 126 and 127 when PROGRAM could
 * not be executed or found.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FAILED = 125, NOT_EXECUTABLE = 126, NOT_FOUND = 127, MOUNT_MAX = 8 };

static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGQUIT};
enum { FORWARDED = sizeof forwarded / sizeof forwarded[0] };

/* A signal that kill(-group) sent to outer and to the program is forwarded within this time, and must not arrive twice.
 */
static const int64_t same_signal_ns = 500000000;

typedef struct options {
    bool namespaces;
    bool mounts_only;
    bool lifeline;
    const char *unmount[MOUNT_MAX];
    int unmount_count;
    const char *tmpfs[MOUNT_MAX];
    int tmpfs_count;
    char **after; /* NULL: nothing */
    char **program;
} options;

/* What init tells outer. Nothing arrives when init was killed. */
typedef struct report {
    enum { SETUP_FAILED, PROGRAM_ENDED } kind;
    int value; /* errno, or the program's wait status */
} report;

static sigset_t original_mask; /* for the program */
static sigset_t handled;       /* blocked in outer and init, which take them one at a time */

static void complain(const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(stderr, "vbenclose: %s\n", text);
}

static int shell_status(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* ---- the program ---- */

static _Noreturn void execute(char **program) {
    sigprocmask(SIG_SETMASK, &original_mask, NULL);
    execvp(program[0], program);
    int error = errno;
    complain("cannot execute %s: %s", program[0], strerror(error));
    _exit(error == ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

/* ---- mounts ---- */

static int make_mounts_private(const options *o) {
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return -1;
    for (int i = 0; i < o->unmount_count; i++)
        /* EINVAL, ENOENT: it is not there, which is what was asked for. */
        if (umount2(o->unmount[i], MNT_DETACH) < 0 && errno != EINVAL && errno != ENOENT)
            return -1;
    for (int i = 0; i < o->tmpfs_count; i++)
        if (mount("tmpfs", o->tmpfs[i], "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0)
            return -1;
    return 0;
}

/* A /proc of this PID namespace. binfmt_misc is a mount below the old one, which the new one covers: it is carried
 * over. */
static int mount_proc(void) {
    static const char binfmt[] = "/proc/sys/fs/binfmt_misc";
    enum { BINFMT_MAGIC = 0x42494e4d };
    struct statfs fs;
    int old = statfs(binfmt, &fs) == 0 && fs.f_type == BINFMT_MAGIC ? open(binfmt, O_PATH | O_CLOEXEC) : -1;
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return -1;
    if (old >= 0) {
        char path[40];
        snprintf(path, sizeof path, "/proc/self/fd/%d", old);
        /* Without it only foreign-architecture containers lose their translator, and the harness says so: no reason to
         * fail. */
        if (mount(path, binfmt, NULL, MS_BIND, NULL) < 0)
            complain("binfmt_misc is not visible inside: %s", strerror(errno));
        close(old);
    }
    return 0;
}

/* ---- init ---- */

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

static _Noreturn void run_init(const options *o, int pipe) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* outer may have died before the request was in place; it held the pipe's other end. */
    struct pollfd reader = {.fd = pipe, .events = POLLOUT};
    if (poll(&reader, 1, 0) == 1 && reader.revents & POLLERR)
        _exit(FAILED);
    if (o->namespaces && (make_mounts_private(o) < 0 || mount_proc() < 0))
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
        if (o->lifeline) {
            int null = open("/dev/null", O_RDONLY);
            dup2(null, 0);
            if (null > 0)
                close(null);
        }
        execute(o->program);
    }

    int64_t direct_ns[NSIG] = {0};
    for (;;) {
        siginfo_t info;
        int number = sigwaitinfo(&handled, &info);
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
            /* From outer. 0: the lifeline is cut. A signal that reached init directly went to the whole group, the
             * program included. */
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

/* ---- outer ---- */

static void run_after(char **command) {
    pid_t pid = fork();
    if (pid == 0)
        execute(command);
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

/* Returns once the program and everything it started have ended. -1 and errno: it could not be started. */
static int enclose(const options *o, int signals, int *wait_status) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    /* Not unshare(): `--after` has to run outside, and after unshare(CLONE_NEWPID) every child would be inside. */
    pid_t init = o->namespaces ? (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0) : fork();
    if (init == 0) {
        close(ends[0]);
        run_init(o, ends[1]);
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

/* ---- command line ---- */

static bool parse(int argc, char **argv, options *o) {
    *o = (options){.namespaces = true};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--")) {
            o->program = argv + i + 1;
            return i + 1 < argc;
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

int main(int argc, char **argv) {
    options o;
    if (!parse(argc, argv, &o)) {
        complain("usage: vbenclose [--no-namespaces|--mounts-only] [--lifeline] [--unmount PATH] "
                 "[--after PROGRAM ARG... ;] -- PROGRAM ARG...");
        return FAILED;
    }
    sigprocmask(SIG_SETMASK, NULL, &original_mask);
    if (o.mounts_only) {
        if (unshare(CLONE_NEWNS) < 0 || make_mounts_private(&o) < 0) {
            complain("cannot make a private mount namespace: %s", strerror(errno));
            return FAILED;
        }
        execute(o.program);
    }

    sigemptyset(&handled);
    sigaddset(&handled, SIGCHLD);
    for (int i = 0; i < FORWARDED; i++)
        sigaddset(&handled, forwarded[i]);
    int signals = signalfd(-1, &handled, SFD_CLOEXEC);
    sigaddset(&handled, SIGRTMIN); /* from outer to init, which inherits the mask */
    /* An inherited SIG_IGN would make the kernel reap children itself. */
    signal(SIGCHLD, SIG_DFL);
    if (signals < 0 || sigprocmask(SIG_BLOCK, &handled, NULL) < 0) {
        complain("cannot take over signals: %s", strerror(errno));
        return FAILED;
    }

    int status;
    int result = enclose(&o, signals, &status);
    if (result < 0 && o.namespaces) {
        complain("no namespaces (%s): leftovers are looked for when the program ends", strerror(errno));
        o.namespaces = false;
        result = enclose(&o, signals, &status);
    }
    if (result < 0) {
        complain("cannot start %s: %s", o.program[0], strerror(errno));
        return FAILED;
    }
    if (o.after && WIFSIGNALED(status))
        run_after(o.after);
    return shell_status(status);
}
