/*
 * Counts of nanoseconds with three significant digits, in the layout of HdrHistogram: 2,048 exact values, then 1,024 steps for each further
 * power of two, so that no value is off by more than 0.1 %.
 */
#ifndef VB_HISTOGRAM_H
#define VB_HISTOGRAM_H

#include <stdint.h>

enum {
    VB_HISTOGRAM_EXACT = 2048,
    VB_HISTOGRAM_STEPS = 1024,
    VB_HISTOGRAM_DOUBLINGS = 26, /* up to 2^37 ns, two minutes */
    VB_HISTOGRAM_SLOTS = VB_HISTOGRAM_EXACT + VB_HISTOGRAM_STEPS * VB_HISTOGRAM_DOUBLINGS,
};

typedef struct vb_histogram {
    uint64_t count;
    uint64_t highest;
    uint32_t counts[VB_HISTOGRAM_SLOTS];
} vb_histogram;

void vb_histogram_add(vb_histogram *histogram, uint64_t value);

/* The least value such that at least `percent` of all are no greater, to three digits (the top of its step; the highest is exact). */
uint64_t vb_histogram_percentile(const vb_histogram *histogram, double percent);

#endif
