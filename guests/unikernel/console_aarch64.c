#include "kernel.h"

extern const uk_console uk_console_serial;

const uk_console *const uk_consoles[] = {&uk_console_serial, NULL};
