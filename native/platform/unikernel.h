/* What the port to bare virtual hardware needs of the kernel under it (guests/unikernel). */
#ifndef VB_UNIKERNEL_H
#define VB_UNIKERNEL_H

#include "vb_platform.h"

void uk_console_write(const char *bytes, size_t length);

/* ns since the clock's register was zero. The first call may calibrate (10 ms). */
uint64_t uk_clock_ns(void);

/* Page-aligned zeroed memory of 4 KiB or (`huge`) 2 MiB pages, there at once or (`lazy`) from the first touch on; NULL when there is none.
 */
void *uk_area_map(size_t bytes, int huge, int lazy);
/* Gives back a whole area. */
void uk_area_unmap(void *address);

void uk_find_exit(vb_exit_kind kind, vb_platform_exit *exit);

#endif
