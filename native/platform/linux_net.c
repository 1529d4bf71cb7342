/* Sockets of Linux, and of OSv, which takes Linux's calls. */
#define _GNU_SOURCE
#include "net_sockets.inc"
