/* Every C probe of the archive; one file each. */
#ifndef VB_CATALOGUE_H
#define VB_CATALOGUE_H

#include "vb_engine.h"

extern const vb_probe vb_cpu_primes;

/* Memory for a probe's state, zeroed and page-aligned; fails the run when there is none. */
void *vb_probe_map(vb_run *run, size_t bytes);

#endif
