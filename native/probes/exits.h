/*
 * The part of the exit.* probes that keeps to general registers. A host whose KVM emulates its guests cannot run a vector instruction, and
 * so not the engine, which computes in doubles: there the unikernel drives these functions and the probes' workloads by itself.
 */
#ifndef VB_EXITS_H
#define VB_EXITS_H

#include "state.h"

#if defined(__x86_64__)
#define VB_GENERAL_REGISTERS __attribute__((target("general-regs-only")))
#else
#define VB_GENERAL_REGISTERS
#endif

/* Finds the way out and takes it once. Returns NULL, or why this guest cannot; *what is the word for what is done. */
const char *vb_exits_prepare(exits *state, vb_exit_kind kind, const char **what);

/* The kind that the probe `id` (up to `length`) measures; -1 when it is none of exit.*. */
int vb_exits_kind(const char *id, size_t length);

/* The workload of all of them; its context is an `exits`. */
void vb_exits_leave(void *context, intptr_t operations);

#endif
