#include "surroundings.h"
#include "text_file.h"
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static char text[MAX_FILE];

static struct ifreq request_for(const char *interface) {
    struct ifreq request = {0};
    strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
    return request;
}

static int set_address(int any, const char *interface, unsigned long call, in_addr_t address) {
    struct ifreq request = request_for(interface);
    struct sockaddr_in value = {.sin_family = AF_INET, .sin_addr.s_addr = address};
    memcpy(&request.ifr_addr, &value, sizeof value);
    return ioctl(any, call, &request);
}

static int switch_on(int any, const char *interface) {
    struct ifreq request = request_for(interface);
    if (ioctl(any, SIOCGIFFLAGS, &request) < 0)
        return -1;
    request.ifr_flags |= IFF_UP;
    return ioctl(any, SIOCSIFFLAGS, &request);
}

/* A driver may find its device, and a device its link, a while after it was loaded or switched on: until all of `flags` are there. What is
   sent before would be lost, and sent again by TCP a second later. */
static int wait_for_flags(int any, const char *interface, int flags) {
    for (int waits = 0;; waits++) {
        struct ifreq request = request_for(interface);
        int got = ioctl(any, SIOCGIFFLAGS, &request);
        if (got == 0 && (request.ifr_flags & flags) == flags)
            return 0;
        if (waits == MOST_WAITS) {
            errno = got < 0 ? errno : ENETDOWN;
            return -1;
        }
        wait_a_little();
    }
}

static int set_mtu(int any, const char *interface, const char *mtu) {
    struct ifreq request = request_for(interface);
    request.ifr_mtu = mtu ? atoi(mtu) : 0;
    return mtu ? ioctl(any, SIOCSIFMTU, &request) : 0;
}

static int set_up(int any, const char *interface, in_addr_t address, in_addr_t mask, const char *mtu) {
    return switch_on(any, "lo") < 0 || wait_for_flags(any, interface, 0) < 0 || set_mtu(any, interface, mtu) < 0 ||
                   set_address(any, interface, SIOCSIFADDR, address) < 0 || set_address(any, interface, SIOCSIFNETMASK, mask) < 0 ||
                   switch_on(any, interface) < 0 || wait_for_flags(any, interface, IFF_UP | IFF_RUNNING) < 0
               ? errno
               : 0;
}

int set_up_network(char description[MAX_DESCRIPTION]) {
    snprintf(description, MAX_DESCRIPTION, "read /net");
    if (read_text("/net", text) < 0)
        return errno == ENOENT ? 0 : errno;
    char *rest = text, *line = next_line(&rest);
    char *interface = line ? next_word(&line) : NULL, *address = line ? next_word(&line) : NULL;
    char *mtu = line ? next_word(&line) : NULL, *prefix = address ? strchr(address, '/') : NULL;
    struct in_addr host;
    if (prefix == NULL)
        return EINVAL;
    *prefix++ = '\0';
    int bits = atoi(prefix);
    if (inet_pton(AF_INET, address, &host) != 1 || bits < 1 || bits > 32)
        return EINVAL;
    snprintf(description, MAX_DESCRIPTION, "set up the network interface %s", interface);
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (any < 0)
        return errno;
    int error = set_up(any, interface, host.s_addr, htonl(UINT32_MAX << (32 - bits)), mtu);
    close(any);
    return error;
}
