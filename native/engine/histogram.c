#include "histogram.h"

static int slot_of(uint64_t value) {
    if (value < VB_HISTOGRAM_EXACT) {
        return (int)value;
    }
    int shift = 53 - __builtin_clzll(value); /* leaves 11 bits, the highest of them set */
    if (shift > VB_HISTOGRAM_DOUBLINGS) {
        return VB_HISTOGRAM_SLOTS - 1;
    }
    return VB_HISTOGRAM_EXACT + (shift - 1) * VB_HISTOGRAM_STEPS + (int)(value >> shift) - VB_HISTOGRAM_STEPS;
}

/* The greatest value that falls into the slot. */
static uint64_t top_of(int slot) {
    if (slot < VB_HISTOGRAM_EXACT) {
        return (uint64_t)slot;
    }
    int shift = (slot - VB_HISTOGRAM_EXACT) / VB_HISTOGRAM_STEPS + 1;
    uint64_t step = (uint64_t)((slot - VB_HISTOGRAM_EXACT) % VB_HISTOGRAM_STEPS + VB_HISTOGRAM_STEPS);
    return ((step + 1) << shift) - 1;
}

void vb_histogram_add(vb_histogram *histogram, uint64_t value) {
    histogram->count++;
    histogram->highest = value > histogram->highest ? value : histogram->highest;
    histogram->counts[slot_of(value)]++;
}

uint64_t vb_histogram_percentile(const vb_histogram *histogram, double percent) {
    double exact = percent / 100 * (double)histogram->count;
    uint64_t wanted = (uint64_t)exact + ((double)(uint64_t)exact < exact), seen = 0;
    for (int slot = 0; slot < VB_HISTOGRAM_SLOTS; slot++) {
        seen += histogram->counts[slot];
        if (seen >= wanted && seen > 0) {
            uint64_t top = top_of(slot);
            return top < histogram->highest ? top : histogram->highest;
        }
    }
    return histogram->highest;
}
