/*
 * What a compiler may call on its own, even in a freestanding build. These become local symbols of the archive, so that no program that it
 * is linked into brings other ones.
 */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict target, const void *restrict source, size_t bytes);
void *memset(void *target, int value, size_t bytes);

void *memcpy(void *restrict target, const void *restrict source, size_t bytes) {
    uint8_t *to = target;
    const uint8_t *from = source;
    for (size_t i = 0; i < bytes; i++) {
        to[i] = from[i];
    }
    return target;
}

void *memset(void *target, int value, size_t bytes) {
    uint8_t *to = target;
    for (size_t i = 0; i < bytes; i++) {
        to[i] = (uint8_t)value;
    }
    return target;
}
