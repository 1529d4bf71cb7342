/* What a guest prints: vb_protocol.h's lines. */
#ifndef VB_TRANSCRIPT_H
#define VB_TRANSCRIPT_H

#include "measure.h"

/* The checksum's state over the lines of one section. */
typedef struct vb_transcript {
    uint32_t crc;
    uint32_t lines;
} vb_transcript;

void vb_transcript_main(const char *implementation, const char *build);
/* The server listens. */
void vb_transcript_serving(uint16_t port);
void vb_transcript_end(int sections, int failed);

/* Opens a section. `id` is sanitised: it may be what a command line had. */
void vb_transcript_hello(vb_transcript *transcript, const vb_section *section, const vb_options *options, const char *id, size_t id_length);
void vb_transcript_notes(vb_transcript *transcript, const vb_section *section);
void vb_transcript_iterations(vb_transcript *transcript, const vb_record *record);
/* Metrics, histograms and the closing lines, or the error when the run has one. */
void vb_transcript_close(vb_transcript *transcript, const vb_section *section);

#endif
