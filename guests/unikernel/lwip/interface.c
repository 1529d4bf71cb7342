#include "interface.h"
#include "kernel.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/tcp.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

_Static_assert(sizeof(uk_packet) <= UK_BUFFER_OWN, "a packet does not fit behind its buffer");

unsigned char *uk_lwip_heap;
static struct netif interface;

enum {
    CHECKED_BY_CARD = NETIF_CHECKSUM_CHECK_TCP | NETIF_CHECKSUM_CHECK_UDP,
    MADE_BY_CARD = NETIF_CHECKSUM_GEN_TCP | NETIF_CHECKSUM_GEN_UDP
};

u32_t sys_now(void) {
    return (u32_t)(uk_clock_ns() / 1000000);
}

uk_packet *uk_packet_of(struct pbuf *pbuf) {
    uintptr_t buffer = (uintptr_t)pbuf & -(uintptr_t)UK_BUFFER;
    return (uk_packet *)(buffer + UK_BUFFER - UK_BUFFER_OWN);
}

static void give_back(struct pbuf *pbuf) {
    uk_card_give((uint8_t *)((uintptr_t)pbuf & -(uintptr_t)UK_BUFFER));
}

/* ---- out ---- */

static uint32_t read16(const uint8_t *at) {
    return (uint32_t)at[0] << 8 | at[1];
}

/* What the card is to do to an IPv4 frame of TCP or UDP; puts the pseudo header's sum where the card expects it (5.1.6.2). */
static uk_offload offload_of(struct pbuf *frame) {
    enum { IP = SIZEOF_ETH_HDR, UDP_CHECKSUM = 6, TCP_CHECKSUM = 16, TCP_LENGTH = 12 };
    uint8_t *bytes = frame->payload, *ip = bytes + IP;
    uk_offload offload = {0};
    int is_tcp = frame->len > IP + IP_HLEN && ip[9] == IP_PROTO_TCP;
    if (!uk_card_found.completes_checksums || frame->len <= IP + IP_HLEN || read16(bytes + 12) != ETHTYPE_IP ||
        (!is_tcp && ip[9] != IP_PROTO_UDP)) {
        return offload;
    }
    uint32_t header = (ip[0] & 15u) * 4, sum = ip[9] + read16(ip + 2) - header;
    for (int i = 12; i < 20; i += 2) {
        sum += read16(ip + i);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    offload.checksum_start = (uint16_t)(IP + header);
    offload.checksum_offset = is_tcp ? TCP_CHECKSUM : UDP_CHECKSUM;
    uint8_t *field = bytes + offload.checksum_start + offload.checksum_offset;
    field[0] = (uint8_t)(sum >> 8);
    field[1] = (uint8_t)sum;
    if (is_tcp && frame->tot_len > IP + interface.mtu) {
        offload.headers = (uint16_t)(offload.checksum_start + (bytes[offload.checksum_start + TCP_LENGTH] >> 4) * 4);
        offload.segment = (uint16_t)(IP + interface.mtu - offload.headers);
    }
    return offload;
}

static void forget_sent(void) {
    for (struct pbuf *sent; (sent = uk_card_sent()) != NULL;) {
        pbuf_free(sent);
    }
}

/* The frame is the card's as long as the card needs it; lwIP does not touch one of TCP's that somebody else holds too. */
static err_t send(struct netif *netif, struct pbuf *frame) {
    (void)netif;
    uk_piece pieces[UK_SENT_PIECES_MAX];
    int count = 0;
    for (struct pbuf *part = frame; part != NULL; part = part->next) {
        if (count == UK_SENT_PIECES_MAX) {
            return ERR_BUF;
        }
        pieces[count++] = (uk_piece){part->payload, part->len};
    }
    uk_offload offload = offload_of(frame);
    if (!uk_card_send(pieces, count, offload, frame)) {
        uk_card_tell();
        forget_sent();
        if (!uk_card_send(pieces, count, offload, frame)) {
            return ERR_MEM;
        }
    }
    pbuf_ref(frame);
    return ERR_OK;
}

/* ---- in ---- */

static struct pbuf *pbuf_of(uint8_t *bytes, uint32_t length) {
    uk_packet *packet = (uk_packet *)(((uintptr_t)bytes & -(uintptr_t)UK_BUFFER) + UK_BUFFER - UK_BUFFER_OWN);
    packet->pbuf.custom_free_function = give_back;
    packet->behind = NULL;
    return pbuf_alloced_custom(PBUF_RAW, (u16_t)length, PBUF_REF, &packet->pbuf, bytes, (u16_t)length);
}

static void receive(const uk_received *frame) {
    struct pbuf *whole = pbuf_of(frame->pieces[0].bytes, frame->pieces[0].length);
    for (int i = 1; i < frame->count; i++) {
        pbuf_cat(whole, pbuf_of(frame->pieces[i].bytes, frame->pieces[i].length));
    }
    u16_t checks = interface.chksum_flags | CHECKED_BY_CARD;
    NETIF_SET_CHECKSUM_CTRL(&interface, (u16_t)(frame->is_checked ? checks & ~CHECKED_BY_CARD : checks));
    if (interface.input(whole, &interface) != ERR_OK) {
        pbuf_free(whole);
    }
}

void uk_interface_poll(void) {
    static uint64_t due; /* reading a clock is dear, and lwIP's timers are in no hurry */
    uk_received frame;
    forget_sent();
    for (int most = 64; most > 0 && uk_card_receive(&frame); most--) {
        receive(&frame);
    }
    uint64_t now = uk_clock_ticks();
    if (now >= due) {
        sys_check_timeouts();
        due = now + uk_clock_hz() / 1000;
    }
    uk_card_tell();
}

/* ---- start ---- */

static err_t prepare(struct netif *netif) {
    netif->name[0] = 'v';
    netif->name[1] = 'n';
    netif->mtu = 1500;
    netif->hwaddr_len = ETH_HWADDR_LEN;
    uk_copy(netif->hwaddr, uk_card_found.address, ETH_HWADDR_LEN);
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
    netif->output = etharp_output;
    netif->linkoutput = send;
    NETIF_SET_CHECKSUM_CTRL(netif,
                            uk_card_found.completes_checksums ? NETIF_CHECKSUM_ENABLE_ALL & ~MADE_BY_CARD : NETIF_CHECKSUM_ENABLE_ALL);
    return ERR_OK;
}

/* A number of up to three digits that ends with `end`; -1 when there is none. */
static int number(const char **text, char end, int most) {
    int value = -1;
    for (int digits = 0; digits < 3 && **text >= '0' && **text <= '9'; digits++) {
        value = (value < 0 ? 0 : value * 10) + *(*text)++ - '0';
    }
    if (**text != end || value > most) {
        return -1;
    }
    *text += end != '\0';
    return value;
}

/* A.B.C.D/PREFIX */
static int read_address(const char *text, ip4_addr_t *address, ip4_addr_t *mask) {
    static const char ends[4] = {'.', '.', '.', '/'};
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int part = number(&text, ends[i], 255);
        if (part < 0) {
            return 0;
        }
        value = value << 8 | (uint32_t)part;
    }
    int prefix = number(&text, '\0', 32);
    if (prefix < 1) {
        return 0;
    }
    ip4_addr_set_u32(address, lwip_htonl(value));
    ip4_addr_set_u32(mask, lwip_htonl(UINT32_MAX << (32 - prefix)));
    return 1;
}

static void await_end_of_sending(void) {
    const uint64_t most_ns = 200000000;
    for (uint64_t begin = uk_clock_ns(); uk_clock_ns() - begin < most_ns;) {
        int is_sending = 0;
        for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next) {
            is_sending |= pcb->unacked != NULL || pcb->unsent != NULL;
        }
        uk_interface_poll();
        if (!is_sending) {
            return;
        }
    }
}

const char *uk_interface_start(void) {
    enum { RECEIVE_BLOCKS = 2 };
    ip4_addr_t address, mask;
    if (uk_network_wanted == NULL) {
        return "this unikernel was given no address (vb.net=A.B.C.D/PREFIX)";
    }
    if (!read_address(uk_network_wanted, &address, &mask)) {
        return "vb.net= is no address like 10.0.0.2/24";
    }
    if (!uk_network_has_bus) {
        return "this machine has no PCI bus that a network card could be on";
    }
    uint8_t *own = (uint8_t *)(uintptr_t)uk_block_take();
    const char *why = own == NULL ? "not enough memory for a network" : uk_card_start(own);
    if (why != NULL) {
        return why;
    }
    if (!uk_card_has_link()) {
        return "the link of its network card is down";
    }
    for (int i = 0; i < RECEIVE_BLOCKS; i++) {
        uint8_t *block = (uint8_t *)(uintptr_t)uk_block_take();
        if (block == NULL) {
            return "not enough memory for a network";
        }
        for (size_t at = 0; at < UK_BLOCK; at += UK_BUFFER) {
            uk_card_give(block + at);
        }
    }
    uk_lwip_heap = own + UK_CARD_BYTES;
    lwip_init();
    netif_add(&interface, &address, &mask, IP4_ADDR_ANY4, NULL, prepare, ethernet_input);
    netif_set_link_up(&interface);
    netif_set_up(&interface); /* says whose address this is: others need not ask */
    uk_at_end = await_end_of_sending;
    uk_interface_poll();
    return NULL;
}
