#include "kernel.h"

void uk_line_start(uk_line *line, const char *text) {
    line->length = 0;
    uk_line_text(line, text);
}

void uk_line_text(uk_line *line, const char *text) {
    while (*text != '\0' && line->length < sizeof(line->bytes) - 1) {
        line->bytes[line->length++] = *text++;
    }
}

void uk_line_unsigned(uk_line *line, uint64_t value) {
    char digits[21];
    size_t first = sizeof(digits) - 1;
    digits[first] = '\0';
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    uk_line_text(line, digits + first);
}

void uk_line_hex(uk_line *line, uint64_t value) {
    char digits[19];
    size_t first = sizeof(digits) - 1;
    digits[first] = '\0';
    do {
        digits[--first] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value != 0);
    digits[--first] = 'x';
    digits[--first] = '0';
    uk_line_text(line, digits + first);
}

void uk_line_write(uk_line *line) {
    line->bytes[line->length++] = '\n';
    uk_console_write(line->bytes, line->length);
    line->length = 0;
}

int uk_text_equal(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}
