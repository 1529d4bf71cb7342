#ifndef VB_CRC_H
#define VB_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 of IEEE 802.3 (polynomial 0x04C11DB7 reflected, as zlib's crc32). Start with 0; feed the result back in to continue. */
uint32_t vb_crc32(uint32_t crc, const void *bytes, size_t length);

#endif
