/* The process between vbenclose and the program, PID 1 of the program's namespace, and the program itself. */
#ifndef VB_ENCLOSURE_INIT_H
#define VB_ENCLOSURE_INIT_H

#include "enclosure_options.h"
#include <signal.h>

typedef struct signal_masks {
    sigset_t original; /* for the program */
    sigset_t handled;  /* blocked in outer and init, which take them one at a time */
} signal_masks;

/* What init tells outer. Nothing arrives when init was killed. */
typedef struct report {
    enum { SETUP_FAILED, PROGRAM_ENDED } kind;
    int value; /* errno, or the program's wait status */
} report;

/*
 * Runs the program and ends when it ends, with a report into `pipe`. Takes from outer, as the value of a queued SIGRTMIN, a signal for the
 * program, or 0: kill everything.
 */
_Noreturn void run_init(const options *o, const signal_masks *masks, int pipe);

_Noreturn void execute(char **program, const sigset_t *mask);

/* An exit status as the shell has it. */
int shell_status(int wait_status);

#endif
