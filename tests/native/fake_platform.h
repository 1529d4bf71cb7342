/* A system for the engine to run on whose clock is scripted, whose console is a buffer and whose memory can run out. */
#ifndef FAKE_PLATFORM_H
#define FAKE_PLATFORM_H

#include "vb_engine.h"
#include "vb_platform.h"
#include "vb_platform_disk.h"
#include "vb_platform_net.h"
#include <stdint.h>

#define FAKE_CONSOLE_MAX (1 << 20)

extern char fake_console[FAKE_CONSOLE_MAX]; /* what was written, terminated */
extern uint64_t fake_now_ns;                /* workloads advance it */
extern uint64_t fake_read_cost_ns;          /* what each reading of the clock takes */
extern int fake_mappings;                   /* that were not unmapped yet */
extern int fake_memory_left;                /* mappings until there is no more memory; negative: unlimited */

extern vb_platform_os fake_os;              /* the optional calls that it has */
extern const vb_platform_net *fake_sockets; /* NULL: it has no network */
extern const vb_platform_disk *fake_disk;   /* NULL: it has no disk */

/* An empty console, time zero, no optional calls, and the platform's clock as the engine's. */
void fake_reset(void);

/* How often `text` is in the console. */
int fake_count(const char *text);
int fake_line_count(void);

#endif
