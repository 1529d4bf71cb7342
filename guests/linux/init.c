/*
 * PID 1 of the Linux VM guest: makes the smallest system in which a static program feels at home, runs that program,
 * says how it ended and switches the machine off. It stands between the kernel and the first line of the measured
 * program, inside the boot window, so it does nothing that the program does not need.
 *
 * It reads, from the initramfs:
 *   - /args: the program's path on the first line, then one argument a line (it may hold anything but a line end);
 *   - /modules, optional: kernel modules to load, one path a line, in order.
 *
 * It prints one line of run_program.h and nothing else.
 */
#define _GNU_SOURCE /* syscall */
#include "run_program.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

enum { MAX_ARGUMENTS = 255, MAX_FILE = 64 * 1024, INIT_COMPRESSED_FILE = 4 /* linux/module.h, since 5.17 */ };

static char args_text[MAX_FILE];
static char modules_text[MAX_FILE];
static char *arguments[MAX_ARGUMENTS + 1];
static char *const environment[] = {"PATH=/", "HOME=/", "TMPDIR=/tmp", NULL};

/* Reads a whole file as text; its length, or -1 with errno (EFBIG when it does not fit). */
static ssize_t read_text(const char *path, char text[MAX_FILE]) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    ssize_t length = 0, got = 0;
    while (length < MAX_FILE && (got = read(file, text + length, (size_t)(MAX_FILE - length))) > 0)
        length += got;
    int error = length == MAX_FILE ? EFBIG : errno;
    close(file);
    if (got < 0 || length == MAX_FILE) {
        errno = error;
        return -1;
    }
    text[length] = '\0';
    return length;
}

/* Cuts the next line off a text: NULL when there is none left. An empty line is a line. */
static char *next_line(char **text) {
    char *line = *text;
    if (*line == '\0')
        return NULL;
    char *end = strchr(line, '\n');
    *text = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    return line;
}

/* A module that the machine has no use for, or has already, is no reason not to run the program. */
static void load_modules(void) {
    if (read_text("/modules", modules_text) < 0)
        return;
    char *rest = modules_text;
    for (char *path; (path = next_line(&rest)) != NULL;) {
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0)
            continue;
        size_t length = strlen(path);
        int plain = length > 3 && strcmp(path + length - 3, ".ko") == 0;
        syscall(SYS_finit_module, file, "", plain ? 0 : INIT_COMPRESSED_FILE);
        close(file);
    }
}

/* Program and arguments out of /args; 0, or an errno. */
static int read_arguments(void) {
    if (read_text("/args", args_text) < 0)
        return errno;
    char *rest = args_text;
    int count = 0;
    for (char *line; (line = next_line(&rest)) != NULL;) {
        if (count == MAX_ARGUMENTS)
            return E2BIG;
        arguments[count++] = line;
    }
    return count ? 0 : ENOENT;
}

/* A line end must leave as the one byte that the program wrote, or every line would be longer than its checksum says.
 */
static void make_console_raw(void) {
    struct termios settings;
    if (tcgetattr(STDOUT_FILENO, &settings) < 0)
        return;
    settings.c_oflag &= ~(tcflag_t)OPOST;
    settings.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    tcsetattr(STDOUT_FILENO, TCSANOW, &settings);
}

int main(void) {
    /* The archive brings these directories; a mount that fails leaves a program that says itself what it misses. */
    mount("dev", "/dev", "devtmpfs", MS_NOSUID, NULL);
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    mount("sys", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    make_console_raw();
    load_modules();
    int error = read_arguments();
    if (error)
        say_cannot_run(STDOUT_FILENO, "/args", error);
    else
        run_program(arguments, environment, STDOUT_FILENO);
    tcdrain(STDOUT_FILENO);
    sync();
    reboot(RB_POWER_OFF);
    for (;;) /* nothing to power off with: PID 1 must not end, or the kernel panics over a finished run */
        pause();
}
