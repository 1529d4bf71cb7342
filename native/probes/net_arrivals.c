#include "net_arrivals.h"

static uint64_t *word_of(vb_arrivals *arrivals, uint64_t number) {
    return &arrivals->seen[number % VB_ARRIVALS_WINDOW / 64];
}

static uint64_t bit_of(uint64_t number) {
    return (uint64_t)1 << number % 64;
}

/* Makes `number` the highest; the numbers that come into the window have not been seen. */
static void advance(vb_arrivals *arrivals, uint64_t number) {
    uint64_t first =
        number >= VB_ARRIVALS_WINDOW && arrivals->end < number - VB_ARRIVALS_WINDOW + 1 ? number - VB_ARRIVALS_WINDOW + 1 : arrivals->end;
    for (uint64_t fresh = first; fresh <= number; fresh++) {
        *word_of(arrivals, fresh) &= ~bit_of(fresh);
    }
    arrivals->end = number + 1;
}

void vb_arrivals_take(vb_arrivals *arrivals, uint64_t number, uint64_t now_ns) {
    if (number < arrivals->floor || number == UINT64_MAX || (number < arrivals->end && arrivals->end - number > VB_ARRIVALS_WINDOW)) {
        return;
    }
    if (number >= arrivals->end) {
        advance(arrivals, number);
    }
    uint64_t *word = word_of(arrivals, number), bit = bit_of(number);
    if ((*word & bit) != 0) {
        return;
    }
    *word |= bit;
    arrivals->first_ns = arrivals->count == 0 ? now_ns : arrivals->first_ns;
    arrivals->last_ns = now_ns;
    arrivals->count++;
}

uint64_t vb_arrivals_close(vb_arrivals *arrivals, uint64_t sent, uint64_t *span_ns) {
    uint64_t count = arrivals->count;
    *span_ns = arrivals->last_ns - arrivals->first_ns;
    arrivals->count = arrivals->first_ns = arrivals->last_ns = 0;
    arrivals->floor = sent;
    return count;
}
