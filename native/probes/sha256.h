/* SHA-256 (FIPS 180-4). Three ways to digest whole 64-byte blocks: with the CPU's instructions, portably fast, and word for word. */
#ifndef VB_SHA256_H
#define VB_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* Continues `state` with `blocks` blocks of 64 bytes. */
typedef void (*vb_sha256_blocks)(uint32_t state[8], const uint8_t *bytes, size_t blocks);

extern const uint32_t vb_sha256_start[8];
extern const uint32_t vb_sha256_constants[64];

void vb_sha256_portable(uint32_t state[8], const uint8_t *bytes, size_t blocks);
/* Only when VB_CPU_SHA256 is there. */
void vb_sha256_instructions(uint32_t state[8], const uint8_t *bytes, size_t blocks);
/* As the standard writes it, to check the others by. */
void vb_sha256_literal(uint32_t state[8], const uint8_t *bytes, size_t blocks);

/* The digest of `length` bytes: whole blocks, then the padding. `digest` is the state's eight words. */
void vb_sha256(vb_sha256_blocks blocks, const uint8_t *bytes, size_t length, uint32_t digest[8]);

#endif
