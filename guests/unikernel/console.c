/* Which device the console is. */
#include "kernel.h"

static const uk_console *chosen;

int uk_console_choose(const char *name) {
    for (int i = 0; uk_consoles[i] != NULL; i++) {
        int wanted = name == NULL || uk_text_equal(name, uk_consoles[i]->name);
        if (wanted && uk_consoles[i]->find()) {
            chosen = uk_consoles[i];
            return 1;
        }
    }
    return 0;
}

const char *uk_console_name(void) {
    return chosen != NULL ? chosen->name : "none";
}

void uk_console_write(const char *bytes, size_t length) {
    if (chosen != NULL) {
        chosen->write(bytes, length);
    }
}
