/* The first serial port, a 16550: what every machine has, at one exit a byte and one to ask whether it may. */
#include "console_x86_64.h"
#include "io_x86_64.h"

enum { PORT = 0x3f8, DATA = 0, INTERRUPTS = 1, FIFO = 2, LINE = 3, LINE_STATUS = 5, SCRATCH = 7, DEPTH = 16 };

static int find(void) {
    io_write8(PORT + SCRATCH, 0x5a);
    if (io_read8(PORT + SCRATCH) != 0x5a) {
        return 0;
    }
    io_write8(PORT + INTERRUPTS, 0);
    io_write8(PORT + LINE, 3); /* eight bits, no parity */
    io_write8(PORT + FIFO, 1);
    return 1;
}

static void write(const char *bytes, size_t length) {
    const uint8_t empty = 0x20;
    for (size_t i = 0; i < length; i++) {
        if (i % DEPTH == 0) {
            while ((io_read8(PORT + LINE_STATUS) & empty) == 0) {
            }
        }
        io_write8(PORT + DATA, (uint8_t)bytes[i]);
    }
}

const uk_console uk_console_serial = {"serial", find, write};
