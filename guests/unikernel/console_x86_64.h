#ifndef UK_CONSOLE_H
#define UK_CONSOLE_H

#include "kernel.h"

extern const uk_console uk_console_debugcon, uk_console_serial;

#endif
