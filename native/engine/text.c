#include "text.h"

void vb_text_char(vb_text *text, char c) {
    if (text->length < text->capacity) {
        text->bytes[text->length++] = c;
    } else {
        text->truncated = 1;
    }
}

void vb_text_string(vb_text *text, const char *string) {
    while (*string != '\0') {
        vb_text_char(text, *string++);
    }
}

void vb_text_printable(vb_text *text, const char *string, size_t length) {
    for (size_t i = 0; i < length && string[i] != '\0'; i++) {
        int printable = string[i] > ' ' && string[i] < 127;
        vb_text_char(text, printable ? string[i] : '_');
    }
}

/* Digits of `value`, least significant first; returns how many. */
static int digits_of(uint64_t value, char digits[20]) {
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    return count;
}

void vb_text_unsigned(vb_text *text, uint64_t value, int width) {
    char digits[20];
    int count = digits_of(value, digits);
    for (int i = count; i < width; i++) {
        vb_text_char(text, ' ');
    }
    while (count > 0) {
        vb_text_char(text, digits[--count]);
    }
}

void vb_text_integer(vb_text *text, int64_t value) {
    if (value < 0) {
        vb_text_char(text, '-');
    }
    vb_text_unsigned(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 0);
}

void vb_text_hex32(vb_text *text, uint32_t value) {
    for (int shift = 28; shift >= 0; shift -= 4) {
        vb_text_char(text, "0123456789abcdef"[value >> shift & 15]);
    }
}

static const uint64_t powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

static void decimals_of(vb_text *text, uint64_t fraction, int decimals) {
    if (decimals == 0) {
        return;
    }
    vb_text_char(text, '.');
    for (int i = decimals - 1; i >= 0; i--) {
        vb_text_char(text, (char)('0' + fraction / powers_of_ten[i] % 10));
    }
}

/* Writes what is no finite number, or the sign of one; returns whether digits remain to be written. */
static int begins_number(vb_text *text, double *value) {
    if (__builtin_isnan(*value)) {
        vb_text_string(text, "NaN");
        return 0;
    }
    if (*value < 0) {
        vb_text_char(text, '-');
        *value = -*value;
    }
    if (__builtin_isinf(*value)) {
        vb_text_string(text, "Infinity");
        return 0;
    }
    return 1;
}

/* A power of ten as d.dddddddde+NN, for what has no place in 64 bits. The value is finite and positive. */
static void exponent_form(vb_text *text, double value) {
    int exponent = 0;
    while (value >= 10) {
        value /= 10;
        exponent++;
    }
    while (value < 1) {
        value *= 10;
        exponent--;
    }
    uint64_t scaled = (uint64_t)(value * 1e8 + 0.5);
    if (scaled >= 1000000000) {
        scaled /= 10;
        exponent++;
    }
    vb_text_unsigned(text, scaled / 100000000, 0);
    decimals_of(text, scaled % 100000000, 8);
    vb_text_char(text, 'e');
    vb_text_integer(text, exponent);
}

void vb_text_fixed(vb_text *text, double value, int decimals) {
    if (!begins_number(text, &value)) {
        return;
    }
    if (value >= 9e18) {
        exponent_form(text, value);
        return;
    }
    uint64_t whole = (uint64_t)value;
    uint64_t fraction = (uint64_t)((value - (double)whole) * (double)powers_of_ten[decimals] + 0.5);
    if (fraction >= powers_of_ten[decimals]) {
        fraction -= powers_of_ten[decimals];
        whole++;
    }
    vb_text_unsigned(text, whole, 0);
    decimals_of(text, fraction, decimals);
}

void vb_text_number(vb_text *text, double value) {
    if (!begins_number(text, &value)) {
        return;
    }
    if (value < 9e15 && value == (double)(uint64_t)value) {
        vb_text_unsigned(text, (uint64_t)value, 0);
        return;
    }
    if (value < 0.1 || value >= 1e9) {
        exponent_form(text, value);
        return;
    }
    int decimals = 9;
    for (double limit = 1; decimals > 1 && value >= limit; limit *= 10) {
        decimals--;
    }
    vb_text_fixed(text, value, decimals);
    while (!text->truncated && text->bytes[text->length - 1] == '0' && text->bytes[text->length - 2] != '.') {
        text->length--;
    }
}

size_t vb_string_length(const char *string) {
    size_t length = 0;
    while (string[length] != '\0') {
        length++;
    }
    return length;
}

int vb_string_equal(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

int vb_string_copy(char *target, size_t capacity, const char *source, size_t length) {
    size_t i = 0;
    for (; i < length && i + 1 < capacity && source[i] != '\0'; i++) {
        target[i] = source[i];
    }
    target[i] = '\0';
    return i == length || source[i] == '\0';
}
