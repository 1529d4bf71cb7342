/* Building ASCII lines in a caller's buffer, without libc. */
#ifndef VB_TEXT_H
#define VB_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* What does not fit is dropped and `truncated` is set; the buffer is never overrun. */
typedef struct vb_text {
    char *bytes;
    size_t length;
    size_t capacity;
    int truncated;
} vb_text;

#define VB_TEXT_OVER(array) ((vb_text){.bytes = (array), .capacity = sizeof(array)})

void vb_text_char(vb_text *text, char c);
void vb_text_string(vb_text *text, const char *string);
/* Like vb_text_string, but with '_' for whatever is no printable ASCII: text that came from the command line. */
void vb_text_printable(vb_text *text, const char *string, size_t length);
void vb_text_unsigned(vb_text *text, uint64_t value, int width);
void vb_text_integer(vb_text *text, int64_t value);
void vb_text_hex32(vb_text *text, uint32_t value);
/* Decimal with `decimals` (at most 9) places, rounded half up. Negative, huge and non-finite values are valid. */
void vb_text_fixed(vb_text *text, double value, int decimals);
/* The shortest of integer, decimal or exponent form that keeps nine significant digits. */
void vb_text_number(vb_text *text, double value);

size_t vb_string_length(const char *string);
int vb_string_equal(const char *a, const char *b);
/* Copies at most capacity - 1 characters and the terminator; returns 0 when the string was too long. */
int vb_string_copy(char *target, size_t capacity, const char *source, size_t length);

#endif
