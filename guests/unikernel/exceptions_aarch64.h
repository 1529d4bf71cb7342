#ifndef UK_EXCEPTIONS_H
#define UK_EXCEPTIONS_H

/* Set while an instruction is tried that may be undefined; it is then passed over, and this is cleared. */
extern volatile int uk_exception_expected;

#endif
