#include "unikernel_net.h"
#include "vb_platform_net.h"

enum { QUEUED_MAX = 768 /* datagrams of a socket: what is left is for everybody else's frames */, HEADERS = 28, MTU = 1500 };

static void on_received(void *argument, struct udp_pcb *pcb, struct pbuf *received, const ip_addr_t *host, u16_t port) {
    (void)pcb;
    uk_socket *socket = argument;
    if (socket->queued == QUEUED_MAX) {
        pbuf_free(received);
        return;
    }
    uk_packet *packet = uk_packet_of(received);
    packet->host = lwip_ntohl(ip4_addr_get_u32(ip_2_ip4(host)));
    packet->port = port;
    socket->queued++;
    uk_socket_keep(socket, received);
}

int uk_udp_open(uk_socket *socket, uint16_t port) {
    socket->udp = udp_new();
    if (socket->udp == NULL) {
        return VB_NET_FAILED;
    }
    udp_recv(socket->udp, on_received, socket);
    return uk_socket_error_of(udp_bind(socket->udp, IP4_ADDR_ANY, port));
}

int uk_udp_connect(uk_socket *socket, vb_net_address to) {
    int error = uk_udp_open(socket, 0);
    ip_addr_t host = IPADDR4_INIT(lwip_htonl(to.host));
    return error != 0 ? error : uk_socket_error_of(udp_connect(socket->udp, &host, to.port));
}

long uk_udp_send(uk_socket *socket, const void *bytes, size_t length, const vb_net_address *to) {
    uk_interface_poll();
    if (length > MTU - HEADERS) {
        return VB_NET_FAILED;
    }
    struct pbuf *datagram = uk_card_has_room() ? pbuf_alloc(PBUF_TRANSPORT, (u16_t)length, PBUF_RAM) : NULL;
    if (datagram == NULL) {
        return VB_NET_AGAIN;
    }
    pbuf_take(datagram, bytes, (u16_t)length);
    ip_addr_t host = IPADDR4_INIT(to == NULL ? 0 : lwip_htonl(to->host));
    err_t error = to == NULL ? udp_send(socket->udp, datagram) : udp_sendto(socket->udp, datagram, &host, to->port);
    pbuf_free(datagram);
    uk_card_tell();
    return error == ERR_OK ? (long)length : uk_socket_error_of(error);
}

long uk_udp_receive(uk_socket *socket, void *bytes, size_t length, vb_net_address *from, unsigned flags) {
    if (socket->first == NULL) {
        uk_interface_poll();
    }
    if (socket->first == NULL && (flags & VB_NET_DONT_WAIT) != 0) {
        return VB_NET_AGAIN;
    }
    if (socket->first == NULL && uk_socket_await(socket, uk_socket_is_readable, socket->timeout_ns) != 0) {
        return VB_NET_TIMEOUT;
    }
    struct pbuf *datagram = socket->first;
    const uk_packet *packet = uk_packet_of(datagram);
    if (from != NULL) {
        *from = (vb_net_address){.host = packet->host, .port = packet->port};
    }
    socket->first = packet->behind;
    socket->queued--;
    long copied = pbuf_copy_partial(datagram, bytes, (u16_t)(length < UINT16_MAX ? length : UINT16_MAX), 0);
    pbuf_free(datagram);
    return copied;
}

void uk_udp_end(uk_socket *socket) {
    if (socket->udp != NULL) {
        udp_remove(socket->udp);
        socket->udp = NULL;
    }
}
