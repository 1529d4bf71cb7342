#define _GNU_SOURCE
#include "network_namespace.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int send_descriptor(int socket, int descriptor) {
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
    return sendmsg(socket, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

const char *hand_over_network_namespace(int socket) {
    int descriptor = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return "/proc/self/ns/net";
    if (send_descriptor(socket, descriptor) < 0)
        return "cannot send the network namespace";
    close(descriptor);
    for (;;) {
        char byte;
        ssize_t n = read(socket, &byte, 1);
        if (n == 0)
            return NULL;
        if (n < 0 && errno != EINTR)
            return "cannot wait for the network";
    }
}
