/* os.pipe's partner: a child process that answers each byte over a second pipe. */
#define _GNU_SOURCE
#include "linux.h"
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct pair {
    int to_partner;
    int from_partner;
    pid_t partner;
} pair;

static int transfer(ssize_t (*call)(int, void *, size_t), int file, uint8_t *byte) {
    ssize_t count;
    do {
        count = call(file, byte, 1);
    } while (count < 0 && errno == EINTR);
    return count == 1;
}

static ssize_t write_byte(int file, void *byte, size_t count) {
    return write(file, byte, count);
}

static void answer_until_closed(int from, int to) {
    uint8_t byte;
    while (transfer(read, from, &byte)) {
        byte = (uint8_t)(byte + 1);
        if (!transfer(write_byte, to, &byte)) {
            break;
        }
    }
    _exit(0);
}

static void close_both(const int ends[2]) {
    close(ends[0]);
    close(ends[1]);
}

/* A bare clone: the child of a program with threads may only make system calls, so nothing is to be run at fork. */
static pid_t bare_fork(void) {
#if defined(__x86_64__)
    return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#else
    return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
#endif
}

void *vb_linux_pipe_open(void) {
    int there[2], back[2];
    pair *opened = malloc(sizeof(*opened));
    if (opened == NULL || pipe(there) != 0) {
        free(opened);
        return NULL;
    }
    if (pipe(back) != 0) {
        close_both(there);
        free(opened);
        return NULL;
    }
    pid_t partner = bare_fork();
    if (partner == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* with us, whatever ends us */
        close(there[1]);
        close(back[0]);
        answer_until_closed(there[0], back[1]);
    }
    close(there[0]);
    close(back[1]);
    *opened = (pair){.to_partner = there[1], .from_partner = back[0], .partner = partner};
    if (partner < 0) {
        close(there[1]);
        close(back[0]);
        free(opened);
        return NULL;
    }
    return opened;
}

int vb_linux_pipe_round_trip(void *context, int token) {
    pair *opened = context;
    uint8_t byte = (uint8_t)token;
    if (!transfer(write_byte, opened->to_partner, &byte) || !transfer(read, opened->from_partner, &byte)) {
        return -1;
    }
    return byte;
}

void vb_linux_pipe_close(void *context) {
    pair *opened = context;
    close(opened->to_partner);
    close(opened->from_partner);
    while (waitpid(opened->partner, NULL, 0) < 0 && errno == EINTR) {
    }
    free(opened);
}
