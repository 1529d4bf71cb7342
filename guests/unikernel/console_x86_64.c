#include "console_x86_64.h"

const uk_console *const uk_consoles[] = {&uk_console_debugcon, &uk_console_serial, NULL};
