/*
 * vbnetwork-holder SOCKET: holds the network namespace that it was started in, so that a link can be put there before the program starts
 * that shall use it. An engine that makes its namespaces itself, in a process of its own (Docker's daemon), gives no other way in; what
 * Kubernetes calls the pause container is this.
 *
 * Connects to the UNIX stream socket SOCKET, sends one byte with a descriptor of its network namespace (SCM_RIGHTS), and waits until the
 * socket is closed at the other end, which also happens when whoever listens there dies. Needs no capability. Exits with 0; or with 1 and
 * one line on stderr that names what failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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

static int send_descriptor(int s, int descriptor) {
    char byte = 0;
    struct iovec bytes = {.iov_base = &byte, .iov_len = 1};
    union {
        struct cmsghdr header; /* aligns what follows */
        char room[CMSG_SPACE(sizeof descriptor)];
    } control = {0};
    struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
    return sendmsg(s, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: vbnetwork-holder SOCKET\n", stderr);
        return 1;
    }
    int s = connect_to(argv[1]);
    if (s < 0)
        return fail(argv[1]);
    int namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (namespace < 0)
        return fail("/proc/self/ns/net");
    if (send_descriptor(s, namespace) < 0)
        return fail("cannot send the network namespace");
    for (;;) {
        char byte;
        ssize_t n = read(s, &byte, 1);
        if (n == 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return fail("cannot wait");
    }
}
