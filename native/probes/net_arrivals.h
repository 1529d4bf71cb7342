/* Which datagrams of a sender have arrived: each counts once, however often and in whatever order the network delivers it. */
#ifndef VB_NET_ARRIVALS_H
#define VB_NET_ARRIVALS_H

#include <stdint.h>

/* How far a datagram may come behind one that was sent after it; further behind, it is as good as lost. */
enum { VB_ARRIVALS_WINDOW = 4096 };

typedef struct vb_arrivals {
    uint64_t end;               /* one beyond the highest number seen */
    uint64_t floor;             /* numbers below count no more */
    uint64_t count;             /* that arrived since the floor was set */
    uint64_t first_ns, last_ns; /* when the first and the last of these came */
    uint64_t seen[VB_ARRIVALS_WINDOW / 64];
} vb_arrivals;

/* The datagram of that number has arrived at that time. */
void vb_arrivals_take(vb_arrivals *arrivals, uint64_t number, uint64_t now_ns);

/* How many arrived since the last call, and how long after the first the last one came; those below `sent` count no more. */
uint64_t vb_arrivals_close(vb_arrivals *arrivals, uint64_t sent, uint64_t *span_ns);

#endif
