/*
 * PID 1 of the Linux VM guest: makes the smallest system in which a static program feels at home, runs that program,
 * says how it ended and switches the machine off. It stands between the kernel and the first line of the measured
 * program, inside the boot window, so it does nothing that the program does not need.
 *
 * It reads, from the initramfs:
 *   - /args: the program's path on the first line, then one argument a line (it may hold anything but a line end);
 *   - /modules, optional: kernel modules to load, one path a line, in order;
 *   - /devices, /mounts and /net, optional: see surroundings.h. What they ask for and cannot be had ends the guest: the program would
 *     measure something else.
 *
 * It prints one line of run_program.h and nothing else.
 */
#define _GNU_SOURCE /* syscall */
#include "run_program.h"
#include "surroundings.h"
#include "text_file.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

enum { MAX_ARGUMENTS = 255, INIT_COMPRESSED_FILE = 4 /* linux/module.h, since 5.17 */ };

static char args_text[MAX_FILE];
static char modules_text[MAX_FILE];
static char *arguments[MAX_ARGUMENTS + 1];
static char *const environment[] = {"PATH=/", "HOME=/", "TMPDIR=/tmp", NULL};

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
    char undone[MAX_DESCRIPTION] = "";
    int error = read_arguments(), missing = 0;
    if (error)
        say_cannot_run(STDOUT_FILENO, "/args", error);
    else if ((missing = wait_for_devices(undone)) || (missing = mount_file_systems(undone)) || (missing = set_up_network(undone)))
        say_cannot(STDOUT_FILENO, undone, missing);
    else
        run_program(arguments, environment, STDOUT_FILENO);
    tcdrain(STDOUT_FILENO);
    sync();
    reboot(RB_POWER_OFF);
    for (;;) /* nothing to power off with: PID 1 must not end, or the kernel panics over a finished run */
        pause();
}
