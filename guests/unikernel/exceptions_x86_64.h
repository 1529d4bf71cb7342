#ifndef UK_EXCEPTIONS_H
#define UK_EXCEPTIONS_H

#include <stdint.h>

enum { UK_VECTOR_IPI = 0x40, UK_VECTOR_SPURIOUS = 0xff };

/* Gives processor 0 or 1 its interrupt table, and a stack on which exceptions are taken whatever the other one is like. */
void uk_exceptions_start(int processor);

/* Has a vector lead to `code`. */
void uk_exceptions_set(int vector, void (*code)(void));

#endif
