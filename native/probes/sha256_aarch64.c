/* SHA-256 by ARMv8's SHA2 extension: sha256h and sha256h2 do four rounds on (ABCD, EFGH), sha256su0/1 make four words of the schedule. */
#pragma GCC target("+crypto")
#include "sha256.h"
#include <arm_neon.h>

/* Rounds 4i..4i+3 with the four schedule words in `now`. */
#define FOUR_ROUNDS(i, now)                                                                                                                \
    do {                                                                                                                                   \
        uint32x4_t sum = vaddq_u32(now, vld1q_u32(&vb_sha256_constants[4 * (i)])), before = abcd;                                          \
        abcd = vsha256hq_u32(abcd, efgh, sum);                                                                                             \
        efgh = vsha256h2q_u32(efgh, before, sum);                                                                                          \
    } while (0)

#define SCHEDULE(oldest, older, newer, newest) oldest = vsha256su1q_u32(vsha256su0q_u32(oldest, older), newer, newest)

#define SIXTEEN_ROUNDS(i)                                                                                                                  \
    do {                                                                                                                                   \
        SCHEDULE(w0, w1, w2, w3);                                                                                                          \
        FOUR_ROUNDS(i, w0);                                                                                                                \
        SCHEDULE(w1, w2, w3, w0);                                                                                                          \
        FOUR_ROUNDS((i) + 1, w1);                                                                                                          \
        SCHEDULE(w2, w3, w0, w1);                                                                                                          \
        FOUR_ROUNDS((i) + 2, w2);                                                                                                          \
        SCHEDULE(w3, w0, w1, w2);                                                                                                          \
        FOUR_ROUNDS((i) + 3, w3);                                                                                                          \
    } while (0)

static uint32x4_t load_words(const uint8_t *bytes) {
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes)));
}

void vb_sha256_instructions(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
    uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
    for (; blocks > 0; blocks--, bytes += 64) {
        const uint32x4_t abcd_before = abcd, efgh_before = efgh;
        uint32x4_t w0 = load_words(bytes), w1 = load_words(bytes + 16), w2 = load_words(bytes + 32), w3 = load_words(bytes + 48);
        FOUR_ROUNDS(0, w0);
        FOUR_ROUNDS(1, w1);
        FOUR_ROUNDS(2, w2);
        FOUR_ROUNDS(3, w3);
        SIXTEEN_ROUNDS(4);
        SIXTEEN_ROUNDS(8);
        SIXTEEN_ROUNDS(12);
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    vst1q_u32(state, abcd);
    vst1q_u32(state + 4, efgh);
}
