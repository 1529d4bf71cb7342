/* The command line: words for the program, and a few for the kernel, which begin with "vb.". */
#include "kernel.h"

/* The text after `prefix` when the word begins with it, else NULL. */
static const char *value_of(const char *word, const char *prefix) {
    while (*prefix != '\0') {
        if (*word++ != *prefix++) {
            return NULL;
        }
    }
    return word;
}

/* A number from 1 to 1,000,000,000, else -1. */
static int64_t count_of(const char *text) {
    int64_t value = 0;
    do {
        if (*text < '0' || *text > '9' || value > 100000000) {
            return -1;
        }
        value = value * 10 + (*text - '0');
    } while (*++text != '\0');
    return value > 0 && value <= 1000000000 ? value : -1;
}

static void take(uk_arguments *arguments, const char *word) {
    const char *value;
    if ((value = value_of(word, "vb.console=")) != NULL) {
        arguments->console = value;
    } else if ((value = value_of(word, "vb.fault=")) != NULL) {
        arguments->fault = value;
    } else if ((value = value_of(word, "vb.net=")) != NULL) {
        arguments->network = value;
    } else if ((value = value_of(word, "vb.raw=")) != NULL) {
        arguments->raw = count_of(value);
    } else if (value_of(word, "virtio_mmio.device=") != NULL) {
        return; /* QEMU's microvm adds these for Linux */
    } else if (arguments->count < UK_ARGUMENT_MAX - 1) {
        arguments->values[arguments->count++] = word;
    } else {
        uk_fault("the command line has too many words");
    }
}

void uk_arguments_read(uk_arguments *arguments, char *line) {
    arguments->values[0] = "vbunikernel";
    arguments->count = 1;
    while (*line != '\0') {
        if (*line == ' ') {
            line++;
            continue;
        }
        char *word = line;
        while (*line != '\0' && *line != ' ') {
            line++;
        }
        if (*line != '\0') {
            *line++ = '\0';
        }
        take(arguments, word);
    }
}
