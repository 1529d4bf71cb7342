/*
 * lwIP for one program that polls: no threads, no names, no IPv6, an address that is given. Numbers are chosen for throughput on a virtual
 * network of 10 Gbit/s whose round trips take 20 to 200 us: 256 KiB of window are more than fits under way, and twice what a probe sends
 * at a time. Half of it is sent at most: what a switch in user space reads from a packet socket has 208 KiB of room there, and lwIP, which
 * leaves fast recovery at the first acknowledgement, repairs several losses of one window only after a timeout.
 */
#ifndef UK_LWIPOPTS_H
#define UK_LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_STATS 0
#define LWIP_IPV6 0
#define LWIP_DHCP 0
#define LWIP_DNS 0
#define LWIP_RAW 0
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define LWIP_NETIF_TX_SINGLE_PBUF 0
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1
#define ARP_QUEUEING 1
#define ARP_QUEUE_LEN 16

#define MEM_ALIGNMENT 16
extern unsigned char *uk_lwip_heap;
#define LWIP_RAM_HEAP_POINTER uk_lwip_heap
#define MEM_SIZE ((2 << 20) - (64 << 10) - 256) /* a block less UK_CARD_BYTES */
#define MEMCPY(to, from, bytes) uk_copy(to, from, bytes)
void uk_copy(void *to, const void *from, __SIZE_TYPE__ bytes);

#define MEMP_NUM_TCP_PCB 80
#define MEMP_NUM_TCP_PCB_LISTEN 8
#define MEMP_NUM_UDP_PCB 16
#define MEMP_NUM_TCP_SEG 2048
#define MEMP_NUM_PBUF 32
#define PBUF_POOL_SIZE 0                 /* what is received stands in buffers of the card */
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1 /* which expect a pool for it */

#define TCP_MSS 1460
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 3
#define TCP_WND (256 * 1024)
/* A window update for every piece that the program takes would be an acknowledgement each. */
#define TCP_WND_UPDATE_THRESHOLD (TCP_WND / 4)
#define TCP_SND_BUF (128 * 1024)
#define TCP_SND_QUEUELEN 512
#define TCP_SNDLOWAT (16 * 1024)
#define TCP_SNDQUEUELOWAT 256
#define TCP_LISTEN_BACKLOG 1
/* Acknowledgements are delayed by up to 50 ms, and what is lost is sent again after 200 to 300 ms, a connection's first after a second: as
   Linux has it. */
#define TCP_TMR_INTERVAL 50
#define LWIP_TCP_RTO_TIME 1000
#define LWIP_TCP_SACK_OUT 1

#endif
