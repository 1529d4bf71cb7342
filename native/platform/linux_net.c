/* Sockets of Linux, and of OSv, which takes Linux's calls. */
#define _GNU_SOURCE
#define NET_LET_THE_DRIVER_RUN() ((void)0)
#include "net_sockets.inc"
