/* The page tables' format, as far as paging.c needs it. */
#ifndef UK_PAGING_H
#define UK_PAGING_H

#include <stdint.h>

extern uint64_t uk_areas_table[512]; /* an entry for each GiB */

#define UK_ENTRY_ADDRESS UINT64_C(0x000ffffffffff000)

#if defined(__x86_64__)
#define UK_AREAS_START (UINT64_C(1) << 39) /* the second entry of the level above */
#define UK_AREAS_END (UINT64_C(2) << 39)
/* Present, writable; accessed and dirty already, so that the processor need not write the entry. 0x80: this entry is no table. */
#define UK_ENTRY_TABLE UINT64_C(0x23)
#define UK_ENTRY_PAGE UINT64_C(0x63)
#define UK_ENTRY_BLOCK UINT64_C(0xe3)
#define UK_ENTRY_IS_BLOCK(entry) (((entry)&0x81) == 0x81)
#elif defined(__aarch64__)
#define UK_AREAS_START (UINT64_C(1) << 38) /* the upper half; physical memory is in the lower */
#define UK_AREAS_END UK_DEVICE_GIGABYTE
/* One that shows devices which are above memory. */
#define UK_DEVICE_GIGABYTE ((UINT64_C(2) << 38) - (UINT64_C(1) << 30))
#define UK_ENTRY_DEVICE_BLOCK UINT64_C(0x0060000000000401)
/* Accessed, inner shareable, attribute 1 (normal memory, see start_aarch64.S), never executed. */
#define UK_ENTRY_TABLE UINT64_C(3)
#define UK_ENTRY_PAGE UINT64_C(0x0060000000000707)
#define UK_ENTRY_BLOCK UINT64_C(0x0060000000000705)
#define UK_ENTRY_IS_BLOCK(entry) (((entry)&3) == 1)
#endif

#endif
