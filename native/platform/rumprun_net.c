/* Sockets of NetBSD's rump kernel. */
#include <sched.h>

#define NET_ADDRESS_LENGTH sin_len
#define NET_LET_THE_DRIVER_RUN() sched_yield() /* threads take turns: a full queue stays full as long as we keep ours */
#include "net_sockets.inc"
