#include "kernel.h"

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

/* Word by word, where x86-64 has an instruction for all: translated by TCG, that takes three times as long. */
void uk_copy(void *to, const void *from, size_t bytes) {
    word *target = to;
    const word *source = from;
    for (; bytes >= 64; bytes -= 64, target += 8, source += 8) {
        word a = source[0], b = source[1], c = source[2], d = source[3];
        target[0] = a, target[1] = b, target[2] = c, target[3] = d;
        a = source[4], b = source[5], c = source[6], d = source[7];
        target[4] = a, target[5] = b, target[6] = c, target[7] = d;
    }
    uint8_t *last = (uint8_t *)target;
    const uint8_t *rest = (const uint8_t *)source;
    for (size_t i = 0; i < bytes; i++) {
        last[i] = rest[i];
    }
}
