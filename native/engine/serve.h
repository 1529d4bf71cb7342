#ifndef VB_SERVE_H
#define VB_SERVE_H

#include <stdint.h>

/* Serves net.* on that port until told to end. Returns the program's exit status; what keeps it from serving is one line. */
int vb_serve(uint16_t port);

#endif
