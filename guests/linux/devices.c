#include "surroundings.h"
#include "text_file.h"
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static char text[MAX_FILE];

void wait_a_little(void) {
    const struct timespec millisecond = {.tv_nsec = 1000000};
    nanosleep(&millisecond, NULL);
}

int wait_for_devices(char description[MAX_DESCRIPTION]) {
    snprintf(description, MAX_DESCRIPTION, "read /devices");
    if (read_text("/devices", text) < 0)
        return errno == ENOENT ? 0 : errno;
    char *rest = text;
    int waits = 0;
    for (char *path; (path = next_line(&rest)) != NULL;) {
        snprintf(description, MAX_DESCRIPTION, "find the device %s", path);
        while (access(path, F_OK) < 0) {
            if (waits++ == MOST_WAITS)
                return errno;
            wait_a_little();
        }
    }
    return 0;
}
