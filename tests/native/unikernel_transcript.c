/*
 * Reads what unikernel_boot.sh printed and checks all of it:
 *     unikernel_transcript DIGEST COMPLETE UNSUPPORTED STATUS QEMU <OUTPUT
 * the archive's hash from the file DIGEST in every hello line, each section's checksum, how many sections were complete and how many
 * unsupported, the status that the guest said and the one that QEMU ended with.
 */
#include "check.h"
#include "crc.h"
#include <stdint.h>

enum { LINES_MAX = 4096 };

static char text[1 << 20];
static char *lines[LINES_MAX];
static int count;
static char digest[80];
static int complete, unsupported;

static int begins(int line, const char *with) {
    return line < count && strncmp(lines[line], with, strlen(with)) == 0;
}

static void read_lines(void) {
    text[fread(text, 1, sizeof(text) - 1, stdin)] = '\0';
    for (char *next = strtok(text, "\n"); next != NULL && count < LINES_MAX; next = strtok(NULL, "\n")) {
        lines[count++] = next;
    }
}

/* The section that begins at this line; returns the line after it. */
static int read_section(int line) {
    uint32_t crc = 0;
    int from = line, is_unsupported = 0, results = 0;
    CHECK(begins(line + 1, "// VB: hello version=1 "));
    CHECK(line + 1 < count && strstr(lines[line + 1], digest) != NULL);
    for (; line < count && !begins(line, "// VB: crc="); line++) {
        crc = vb_crc32(crc, lines[line], strlen(lines[line]));
        crc = vb_crc32(crc, "\n", 1);
        is_unsupported |= begins(line, "// VB: unsupported reason=");
        results += begins(line, "WorkloadResult");
        CHECK(!begins(line, "// VB: error"));
    }
    char expected[64];
    snprintf(expected, sizeof(expected), "// VB: crc=%08x lines=%d nowNs=", crc, line - from);
    CHECK(begins(line, expected));
    if (is_unsupported) {
        unsupported++;
        return line + 1;
    }
    CHECK(results > 0);
    CHECK(begins(line + 1, "// AfterAll"));
    complete++;
    return line + 2;
}

int main(int argc, char **argv) {
    FILE *file = argc == 6 ? fopen(argv[1], "r") : NULL;
    if (file == NULL || fscanf(file, "%79s", digest) != 1) {
        fputs("usage: unikernel_transcript DIGEST COMPLETE UNSUPPORTED STATUS QEMU <OUTPUT\n", stderr);
        return 2;
    }
    fclose(file);
    read_lines();
    CHECK(begins(0, "// VB: main version=1 impl=c ")); /* the very first line */
    CHECK(count > 0 && strstr(lines[0], digest) != NULL);
    int line = 1;
    while (begins(line, "// BeforeAnythingElse")) {
        line = read_section(line);
    }
    CHECK(complete == atoi(argv[2]));
    CHECK(unsupported == atoi(argv[3]));
    CHECK(begins(line, "// VB: end sections="));
    CHECK(begins(line + 1, "VBUNIKERNEL: boot entryToMainNs="));
    char end[2][64];
    snprintf(end[0], sizeof(end[0]), "VBUNIKERNEL: exit %s", argv[4]);
    snprintf(end[1], sizeof(end[1]), "qemu: %s", argv[5]);
    CHECK(line + 4 == count);
    CHECK_TEXT(line + 2 < count ? lines[line + 2] : "", end[0]);
    CHECK_TEXT(line + 3 < count ? lines[line + 3] : "", end[1]);
    for (int i = 0; check_failures != 0 && i < count; i++) {
        printf("| %s\n", lines[i]);
    }
    return check_failures != 0;
}
