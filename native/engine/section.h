/* The engine's side of one probe being run: what vb_run does not show to the probe. */
#ifndef VB_SECTION_H
#define VB_SECTION_H

#include "clock.h"
#include "histogram.h"
#include "vb_engine.h"

#define VB_NOTE_MAX 8
#define VB_PUBLISHED_MAX 2

typedef struct vb_note {
    char name[VB_NAME_MAX];
    char value[VB_VALUE_MAX];
} vb_note;

/* A distribution that the section prints. */
typedef struct vb_published {
    char name[VB_NAME_MAX];
    const vb_histogram *values;
} vb_published;

typedef struct vb_section {
    vb_run run; /* first: a probe's vb_run is its section */
    const vb_probe *probe;
    const vb_options *options;
    vb_workload workload;
    vb_workload overhead;
    vb_note notes[VB_NOTE_MAX];
    int note_count;
    vb_published histograms[VB_PUBLISHED_MAX];
    int histogram_count;
    int is_actual;   /* the iteration that runs counts */
    double slowdown; /* as in vb_options */
    uint64_t started_ticks;
} vb_section;

static inline vb_section *vb_section_of(vb_run *run) {
    return (vb_section *)run;
}

/* ---- parameters.c ---- */

/* The part before '{'. Returns its length. */
size_t vb_specification_id(const char *specification);
/* Reads `{name=value,...}` into the run and checks the names against the probe's; sets run->error when it cannot. */
vb_status vb_specification_read(vb_run *run, const char *accepted, const char *specification);

/* A decimal number with an optional binary suffix K, M or G; returns 0 when the text is anything else or does not fit. */
int vb_read_integer(const char *text, int64_t *value);
/* A decimal number with an optional fraction; returns 0 when the text is anything else. */
int vb_read_decimal(const char *text, double *value);

#endif
