/*
 * The part of the exit.* probes that keeps to general registers. A host whose KVM emulates its guests cannot run a vector instruction, and
 * so not the engine, which computes in doubles: there the unikernel drives these functions and the probes' workloads by itself.
 */
#ifndef VB_EXITS_H
#define VB_EXITS_H

#include "state.h"

#define VB_GENERAL_REGISTERS __attribute__((target("general-regs-only")))

/* Finds the way out and takes it once. Returns whether there is one; where not, state->what says why. */
int vb_exits_prepare(exits *state, vb_exit_kind kind);

/* The kind that the probe `id` (up to `length`) measures; -1 when it is none of exit.*. */
int vb_exits_kind(const char *id, size_t length);

/* The workload of all of them; its context is an `exits`. */
void vb_exits_leave(void *context, intptr_t operations);

#endif
