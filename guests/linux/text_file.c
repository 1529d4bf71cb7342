#include "text_file.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

ssize_t read_text(const char *path, char text[MAX_FILE]) {
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

static char *cut(char **text, char end) {
    char *piece = *text;
    if (*piece == '\0')
        return NULL;
    char *found = strchr(piece, end);
    *text = found ? found + 1 : piece + strlen(piece);
    if (found)
        *found = '\0';
    return piece;
}

char *next_line(char **text) {
    return cut(text, '\n');
}

char *next_word(char **line) {
    return cut(line, ' ');
}
