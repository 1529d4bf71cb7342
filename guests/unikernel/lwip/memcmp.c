/* The one function of a C library that lwIP calls and the kernel does not have; to compare hardware addresses. */
#include <stddef.h>

int memcmp(const void *a, const void *b, size_t bytes);

int memcmp(const void *a, const void *b, size_t bytes) {
    const unsigned char *left = a, *right = b;
    for (size_t i = 0; i < bytes; i++) {
        if (left[i] != right[i]) {
            return left[i] - right[i];
        }
    }
    return 0;
}
