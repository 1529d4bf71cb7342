/* Sockets of NetBSD's rump kernel. */
#define NET_ADDRESS_LENGTH sin_len
#include "net_sockets.inc"
