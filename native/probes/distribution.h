#ifndef VB_DISTRIBUTION_H
#define VB_DISTRIBUTION_H

#include "histogram.h"
#include "vb_engine.h"

/* Publishes a distribution: NAME.p50 to NAME.max, NAME.count and the histogram itself. Fails when it is empty. */
vb_status vb_report_times(vb_run *run, const char *name, const vb_histogram *times);

#endif
