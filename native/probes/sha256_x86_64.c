/*
 * SHA-256 by the SHA extensions: sha256rnds2 does two rounds on the state as (ABEF, CDGH), sha256msg1/2 make four words of the schedule.
 * Instruction semantics: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
 */
#include "sha256.h"
#include <immintrin.h>

/* Rounds 4i..4i+3 with the four schedule words in `now`. */
#define FOUR_ROUNDS(i, now)                                                                                                                \
    do {                                                                                                                                   \
        __m128i sum = _mm_add_epi32(now, _mm_load_si128((const __m128i *)&vb_sha256_constants[4 * (i)]));                                  \
        cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);                                                                                     \
        abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));                                                            \
    } while (0)

/* Four words from the sixteen before: w[t] = s1(w[t-2]) + w[t-7] + s0(w[t-15]) + w[t-16]; `oldest` becomes them. */
#define SCHEDULE(oldest, older, newer, newest)                                                                                             \
    oldest = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(oldest, older), _mm_alignr_epi8(newest, newer, 4)), newest)

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

__attribute__((target("sha,sse4.1,ssse3"))) static __m128i load_words(const uint8_t *bytes) {
    const __m128i reverse = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)bytes), reverse);
}

__attribute__((target("sha,sse4.1,ssse3"))) void vb_sha256_instructions(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
    const __m128i dcba = _mm_loadu_si128((const __m128i *)(const void *)state);
    const __m128i hgfe = _mm_loadu_si128((const __m128i *)(const void *)(state + 4));
    const __m128i badc = _mm_shuffle_epi32(dcba, 0xb1), efgh = _mm_shuffle_epi32(hgfe, 0x1b);
    __m128i abef = _mm_alignr_epi8(badc, efgh, 8), cdgh = _mm_blend_epi16(efgh, badc, 0xf0);
    for (; blocks > 0; blocks--, bytes += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w0 = load_words(bytes), w1 = load_words(bytes + 16), w2 = load_words(bytes + 32), w3 = load_words(bytes + 48);
        FOUR_ROUNDS(0, w0);
        FOUR_ROUNDS(1, w1);
        FOUR_ROUNDS(2, w2);
        FOUR_ROUNDS(3, w3);
        SIXTEEN_ROUNDS(4);
        SIXTEEN_ROUNDS(8);
        SIXTEEN_ROUNDS(12);
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)(void *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}
