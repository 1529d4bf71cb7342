#include "surroundings.h"
#include "text_file.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

static char text[MAX_FILE];

int mount_file_systems(char description[MAX_DESCRIPTION]) {
    snprintf(description, MAX_DESCRIPTION, "read /mounts");
    if (read_text("/mounts", text) < 0)
        return errno == ENOENT ? 0 : errno;
    char *rest = text;
    for (char *line; (line = next_line(&rest)) != NULL;) {
        char *type = next_word(&line), *source = next_word(&line), *target = next_word(&line), *options = next_word(&line);
        if (options == NULL)
            return EINVAL;
        snprintf(description, MAX_DESCRIPTION, "mount %s %s on %s", type, source, target);
        if (mkdir(target, 0755) < 0 && errno != EEXIST)
            return errno;
        if (mount(source, target, type, 0, strcmp(options, "-") == 0 ? NULL : options) < 0)
            return errno;
    }
    return 0;
}
