/* The parts of the Linux port. */
#ifndef VB_LINUX_H
#define VB_LINUX_H

void *vb_linux_pipe_open(void);
int vb_linux_pipe_round_trip(void *pair, int token);
void vb_linux_pipe_close(void *pair);

void *vb_linux_thread_open(void);
int vb_linux_thread_round_trip(void *pair, int token);
void vb_linux_thread_close(void *pair);

#endif
