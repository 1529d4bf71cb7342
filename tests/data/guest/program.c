/*
 * What the boot and container tests run in a guest: it prints its arguments, one a line, then does what each word asks
 * for, in order, and exits with 7.
 *   - bytes: every byte value, 256 times over, in writes of different lengths;
 *   - cat=FILE: the file, or its error;
 *   - write=FILE: creates it, or says why not;
 *   - pid: its process id;
 *   - send=ADDRESS:PORT: a datagram to there, or why it cannot leave;
 *   - orphan: leaves a grandchild behind that outlives it;
 *   - abort: ends by signal 6.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void print_bytes(void) {
    unsigned char values[256];
    for (int i = 0; i < 256; i++)
        values[i] = (unsigned char)i;
    for (size_t length = 0; length < 256; length++) {
        fwrite(values, 1, length, stdout);
        fflush(stdout);
        fwrite(values + length, 1, 256 - length, stdout);
    }
}

static void print_file(const char *path) {
    char text[4096];
    int file = open(path, O_RDONLY);
    ssize_t got = file < 0 ? -1 : read(file, text, sizeof text);
    if (got < 0)
        printf("%s: %s\n", path, strerror(errno));
    else
        fwrite(text, 1, (size_t)got, stdout);
}

static void create_file(const char *path) {
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    printf("write %s: %s\n", path, file < 0 ? strerror(errno) : "ok");
}

static void send_datagram(const char *to) {
    char host[16] = "";
    unsigned short port = 0;
    sscanf(to, "%15[0-9.]:%hu", host, &port);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr(host)};
    ssize_t sent = sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (struct sockaddr *)&address, sizeof address);
    printf("send %s: %s\n", to, sent < 0 ? strerror(errno) : "ok");
}

int main(int count, char **words) {
    for (int i = 0; i < count; i++)
        puts(words[i]);
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "bytes") == 0)
            print_bytes();
        else if (strncmp(words[i], "cat=", 4) == 0)
            print_file(words[i] + 4);
        else if (strncmp(words[i], "write=", 6) == 0)
            create_file(words[i] + 6);
        else if (strncmp(words[i], "send=", 5) == 0)
            send_datagram(words[i] + 5);
        else if (strcmp(words[i], "pid") == 0)
            printf("pid %d\n", (int)getpid());
        else if (strcmp(words[i], "orphan") == 0) {
            fflush(stdout);
            if (fork() == 0) {
                if (fork() == 0)
                    sleep(100);
                _exit(0);
            }
        } else if (strcmp(words[i], "abort") == 0) {
            fflush(stdout);
            abort();
        }
    }
    return 7;
}
