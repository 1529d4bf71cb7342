/*
 * PID 1 of a container whose engine gives its programs a terminal and nothing else for their output (libvirt's LXC driver does). A terminal
 * mixes standard output and error, changes line ends, and forgets what was not read when the container ends. So the engine is handed
 * pipes, which it hands on by number, and this program puts them where the guest program looks for them:
 *
 *   vbcontainer-init [--network] PROGRAM ARG...
 *
 * with descriptor 3 for standard output, 4 for standard error, and 5 for the line that says how PROGRAM ended, see run_program.h. With
 * --network, PROGRAM starts when a link has been put into the container's network namespace, which is asked for on the UNIX socket that
 * is descriptor 6, see network_namespace.h. The environment is handed on. When this program ends, the kernel ends what is left in the
 * container.
 */
#define _GNU_SOURCE
#include "network_namespace.h"
#include "run_program.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT = 3, ERRORS = 4, REPORT = 5, NETWORK = 6, FAILED = 125 };

static int move(int from, int to) {
    return dup2(from, to) < 0 || close(from) < 0 ? -1 : 0;
}

int main(int argc, char **argv) {
    int null = open("/dev/null", O_RDONLY);
    if (argc < 2 || null < 0 || move(null, STDIN_FILENO) < 0 || move(OUTPUT, STDOUT_FILENO) < 0 || move(ERRORS, STDERR_FILENO) < 0 ||
        fcntl(REPORT, F_SETFD, FD_CLOEXEC) < 0)
        return FAILED;
    /* libvirt's daemon ignores it, and so would the guest; it shall see what a program sees that a shell started. */
    signal(SIGPIPE, SIG_DFL);
    char **program = argv + 1;
    if (!strcmp(*program, "--network")) {
        const char *failed = hand_over_network_namespace(NETWORK);
        if (failed)
            perror(failed);
        if (failed || close(NETWORK) < 0 || !*++program)
            return FAILED;
    }
    run_program(program, environ, REPORT);
    return 0;
}
