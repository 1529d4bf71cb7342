/*
 * vbnetwork-holder SOCKET: holds the network namespace that it was started in, so that a link can be put there before the program starts
 * that shall use it. An engine that makes its namespaces itself, in a process of its own (Docker's daemon), gives no other way in; what
 * Kubernetes calls the pause container is this.
 *
 * Connects to the UNIX stream socket SOCKET and does what network_namespace.h says. Exits with 0; or with 1 and one line on stderr that
 * names what failed.
 */
#define _GNU_SOURCE
#include "network_namespace.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return 1;
}

static int connect_to(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path));
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return s < 0 || connect(s, (struct sockaddr *)&address, sizeof address) < 0 ? -1 : s;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: vbnetwork-holder SOCKET\n", stderr);
        return 1;
    }
    int s = connect_to(argv[1]);
    if (s < 0)
        return fail(argv[1]);
    const char *failed = hand_over_network_namespace(s);
    return failed ? fail(failed) : 0;
}
