/*
 * What a PID 1 of ours is for: running one program and saying how it ended, as one of these lines, after a line end of its own because the
 * program's last may lack one:
 *   - VBINIT: exited STATUS
 *   - VBINIT: killed by signal N
 *   - VBINIT: cannot run PATH: ERROR, or something else instead of "run PATH" that had to come before
 */
#ifndef VB_RUN_PROGRAM_H
#define VB_RUN_PROGRAM_H

/* Runs arguments[0], reaps orphans until it ends, and writes the line to the descriptor `report`. */
void run_program(char *const *arguments, char *const *environment, int report);

/* The third line alone; `error` is an errno. */
void say_cannot(int report, const char *what, int error);
void say_cannot_run(int report, const char *path, int error);

#endif
