/* The client's side of net.*: whom they talk to, and how what goes wrong with it is told. */
#ifndef VB_NET_PEER_H
#define VB_NET_PEER_H

#include "state.h"

/* Longer than this nothing may stand still. */
#define VB_NET_SILENCE_NS 5000000000

/* Finds the network and the peer of the command line. VB_FAILED, and the run says why, when there is none. */
vb_status vb_net_begin(vb_run *run, net_link *link);

/* A socket connected to the peer; negative, and the run says why, when it cannot be had. */
int vb_net_connect(net_link *link, vb_net_kind kind);

/* Ends the section because of what a call of the platform returned. Returns VB_FAILED. */
vb_status vb_net_break(net_link *link, long error);

/* Whether the section may go on: nothing is broken, and it is not far beyond its budget. */
int vb_net_goes_on(net_link *link);

/* All of the bytes, waiting; counted in link->bytes. Returns whether they went; where not, the section is over. */
int vb_net_send_all(net_link *link, int socket, const void *bytes, size_t length);
int vb_net_receive_all(net_link *link, int socket, void *bytes, size_t length);

/* A number to the server; a number from it. */
int vb_net_tell(net_link *link, int socket, uint64_t number);
int vb_net_hear(net_link *link, int socket, uint64_t *number);

/* Publishes link->bytes. */
void vb_net_report_bytes(const net_link *link);

#endif
