/* The stages of a measurement, as BenchmarkDotNet has them, and the record that they leave. */
#ifndef VB_MEASURE_H
#define VB_MEASURE_H

#include "section.h"

typedef enum vb_stage {
    VB_OVERHEAD_JITTING,
    VB_WORKLOAD_JITTING,
    VB_WORKLOAD_PILOT,
    VB_OVERHEAD_WARMUP,
    VB_OVERHEAD_ACTUAL,
    VB_WORKLOAD_WARMUP,
    VB_WORKLOAD_ACTUAL,
    VB_WORKLOAD_RESULT, /* only printed: the actual iterations less the overhead */
    VB_STAGE_COUNT
} vb_stage;

typedef struct vb_iteration {
    int64_t operations;
    double ns;
    vb_stage stage;
} vb_iteration;

/* All iterations of a section in the order they ran. They are printed afterwards, so that no console exit falls between two of them. */
typedef struct vb_record {
    vb_iteration *iterations;
    double *scratch; /* as many numbers as there is room for iterations */
    int count;
    int capacity;
    double overhead_ns; /* the median of the OverheadActual iterations */
} vb_record;

/* How many iterations one section can leave under these options. */
int vb_record_capacity(const vb_options *options);

/* Runs all stages. Fails (with run->error) when no operation count reaches the iteration time. */
vb_status vb_measure(vb_section *section, const vb_options *options, vb_record *record);

/* What a WorkloadActual iteration counts for: its time less the overhead, never below 0. */
double vb_result_ns(const vb_record *record, const vb_iteration *actual);

#endif
