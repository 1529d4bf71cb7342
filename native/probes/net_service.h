/* What the server does for one connection and for one datagram: net_wire.h, from its side. */
#ifndef VB_NET_SERVICE_H
#define VB_NET_SERVICE_H

#include "net_server.h"

/* Whether what the connection waits for is room to send. */
int vb_service_sends(const vb_server_connection *connection);

/* One call of the network for the connection: more than 0 when something moved; else, as vb_platform_net's send and receive, why not. A
   client that says what it may not is VB_NET_FAILED. */
long vb_service_step(vb_server *server, vb_server_connection *connection, unsigned flags);

/* One datagram, as receive_from. */
long vb_service_datagram(vb_server *server, unsigned flags);

#endif
