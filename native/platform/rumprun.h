/* The parts of the Rumprun port. */
#ifndef VB_RUMPRUN_H
#define VB_RUMPRUN_H

enum { VB_RUMPRUN_PAGE_BYTES = 2 << 20 };

/* Takes the memory that probes get. Where that falls short the kernel prints a line: before the transcript begins, then. */
void vb_rumprun_take_memory(void);

/* Allows AVX, as far as the processor has it. */
void vb_rumprun_enable_vectors(void);

void *vb_rumprun_thread_open(void);
int vb_rumprun_thread_round_trip(void *pair, int token);
void vb_rumprun_thread_close(void *pair);

#endif
