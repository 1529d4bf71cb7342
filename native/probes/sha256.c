#include "sha256.h"

/* First 32 bits of the fractional parts of the square roots of the first 8 primes, and of the cube roots of the first 64. */
const uint32_t vb_sha256_start[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};
_Alignas(64) const uint32_t vb_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int by) {
    return x >> by | x << (32 - by);
}

static uint32_t big_endian(const uint8_t *bytes) {
    uint32_t word;
    __builtin_memcpy(&word, bytes, sizeof(word));
    return __builtin_bswap32(word);
}

/* One round: what would move from variable to variable is the order of the arguments instead. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                                                                   \
    do {                                                                                                                                   \
        uint32_t sum = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + vb_sha256_constants[i] + w[(i)&15];      \
        d += sum;                                                                                                                          \
        h = sum + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));                                              \
    } while (0)

#define EIGHT_ROUNDS(i)                                                                                                                    \
    do {                                                                                                                                   \
        ROUND(a, b, c, d, e, f, g, h, i);                                                                                                  \
        ROUND(h, a, b, c, d, e, f, g, (i) + 1);                                                                                            \
        ROUND(g, h, a, b, c, d, e, f, (i) + 2);                                                                                            \
        ROUND(f, g, h, a, b, c, d, e, (i) + 3);                                                                                            \
        ROUND(e, f, g, h, a, b, c, d, (i) + 4);                                                                                            \
        ROUND(d, e, f, g, h, a, b, c, (i) + 5);                                                                                            \
        ROUND(c, d, e, f, g, h, a, b, (i) + 6);                                                                                            \
        ROUND(b, c, d, e, f, g, h, a, (i) + 7);                                                                                            \
    } while (0)

void vb_sha256_portable(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (; blocks > 0; blocks--, bytes += 64) {
        uint32_t w[16];
        for (int i = 0; i < 16; i++) {
            w[i] = big_endian(bytes + 4 * i);
        }
        for (int i = 0; i < 64; i += 16) {
            if (i > 0) {
                for (int j = 0; j < 16; j++) {
                    uint32_t x = w[(j + 1) & 15], y = w[(j + 14) & 15];
                    w[j] += (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + w[(j + 9) & 15] + (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
                }
            }
            EIGHT_ROUNDS(i);
            EIGHT_ROUNDS(i + 8);
        }
        a = state[0] += a;
        b = state[1] += b;
        c = state[2] += c;
        d = state[3] += d;
        e = state[4] += e;
        f = state[5] += f;
        g = state[6] += g;
        h = state[7] += h;
    }
}

void vb_sha256_literal(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
    for (; blocks > 0; blocks--, bytes += 64) {
        uint32_t w[64], v[8];
        for (int t = 0; t < 16; t++) {
            w[t] = (uint32_t)bytes[4 * t] << 24 | (uint32_t)bytes[4 * t + 1] << 16 | (uint32_t)bytes[4 * t + 2] << 8 | bytes[4 * t + 3];
        }
        for (int t = 16; t < 64; t++) {
            uint32_t sigma0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
            uint32_t sigma1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
            w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
        }
        for (int i = 0; i < 8; i++) {
            v[i] = state[i];
        }
        for (int t = 0; t < 64; t++) {
            uint32_t ch = (v[4] & v[5]) ^ (~v[4] & v[6]), maj = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
            uint32_t t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) + ch + vb_sha256_constants[t] + w[t];
            uint32_t t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) + maj;
            for (int i = 7; i > 0; i--) {
                v[i] = v[i - 1];
            }
            v[4] += t1;
            v[0] = t1 + t2;
        }
        for (int i = 0; i < 8; i++) {
            state[i] += v[i];
        }
    }
}

void vb_sha256(vb_sha256_blocks blocks, const uint8_t *bytes, size_t length, uint32_t digest[8]) {
    for (int i = 0; i < 8; i++) {
        digest[i] = vb_sha256_start[i];
    }
    blocks(digest, bytes, length / 64);
    /* The rest, a one bit, zeros, and the length in bits, big-endian, at the end of the one or two last blocks. */
    uint8_t last[128] = {0};
    size_t rest = length % 64, padded = rest < 56 ? 64 : 128;
    for (size_t i = 0; i < rest; i++) {
        last[i] = bytes[length - rest + i];
    }
    last[rest] = 0x80;
    for (size_t i = 0; i < 8; i++) {
        last[padded - 1 - i] = (uint8_t)((uint64_t)length * 8 >> 8 * i);
    }
    blocks(digest, last, padded / 64);
}
