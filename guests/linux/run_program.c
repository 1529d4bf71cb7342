#define _GNU_SOURCE /* vfork */
#include "run_program.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* snprintf has said how long the line would be. */
static void say(int report, char *line, int size, int length) {
    if (length >= size) { /* cut off by a long path: keep it one line */
        length = size - 1;
        line[length - 1] = '\n';
    }
    for (int done = 0; done < length;) {
        ssize_t wrote = write(report, line + done, (size_t)(length - done));
        if (wrote < 0 && errno != EINTR)
            return;
        if (wrote > 0)
            done += (int)wrote;
    }
}

static void say_number(int report, const char *format, int number) {
    char line[64];
    say(report, line, sizeof line, snprintf(line, sizeof line, format, number));
}

void say_cannot(int report, const char *what, int error) {
    char line[512];
    say(report, line, sizeof line, snprintf(line, sizeof line, "\nVBINIT: cannot %s: %s\n", what, strerror(error)));
}

void say_cannot_run(int report, const char *path, int error) {
    char what[480];
    snprintf(what, sizeof what, "run %s", path);
    say_cannot(report, what, error);
}

void run_program(char *const *arguments, char *const *environment, int report) {
    /* With vfork the child borrows our memory until exec, so this is the child's to write and ours to read. */
    volatile int exec_error = 0;
    pid_t child = vfork();
    if (child == 0) {
        execve(arguments[0], arguments, environment);
        exec_error = errno;
        _exit(127);
    }
    if (child < 0) {
        say_cannot_run(report, arguments[0], errno);
        return;
    }
    for (;;) {
        int status;
        pid_t ended = waitpid(-1, &status, 0); /* -1: orphans of the program become our children, and are reaped */
        if (ended < 0 && errno == EINTR)
            continue;
        if (ended >= 0 && ended != child)
            continue;
        if (ended < 0 || exec_error)
            say_cannot_run(report, arguments[0], exec_error ? exec_error : errno);
        else if (WIFSIGNALED(status))
            say_number(report, "\nVBINIT: killed by signal %d\n", WTERMSIG(status));
        else
            say_number(report, "\nVBINIT: exited %d\n", WEXITSTATUS(status));
        return;
    }
}
