/* What lwIP asks of a compiler and a platform (its doc/sys_arch.txt). */
#ifndef UK_LWIP_CC_H
#define UK_LWIP_CC_H

#include "kernel.h"
#include <sys/types.h>

#define LWIP_NO_UNISTD_H 1
#define LWIP_NO_CTYPE_H 1
#define BYTE_ORDER LITTLE_ENDIAN

#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x) uk_fault("lwIP: " x)
#define LWIP_RAND() ((uint32_t)(uk_clock_ticks() * 2654435761u))

#define lwip_htons(x) __builtin_bswap16(x)
#define lwip_htonl(x) __builtin_bswap32(x)

/* Not in the image, and nobody has to clear it: lwIP's pools and heap need no zeros. */
#define LWIP_DECLARE_MEMORY_ALIGNED(name, size)                                                                                            \
    u8_t name[LWIP_MEM_ALIGN_BUFFER(size)] __attribute__((section(".uninitialised"), aligned(16)))

#endif
