/* The clock that times iterations: a register of the CPU where the guest may trust it, else the platform's clock. */
#ifndef VB_CLOCK_H
#define VB_CLOCK_H

#include <stdint.h>

typedef struct vb_clock {
    const char *name; /* tsc, cntvct, clock_gettime */
    double hz;
    double ns_per_tick;
    int is_register; /* read the register instead of calling the platform */
} vb_clock;

/* The process's clock; found and calibrated (20 ms) at the first call. */
const vb_clock *vb_clock_get(void);

/* Replaces the process's clock, or (NULL) forgets it, so that the next vb_clock_get looks again. */
void vb_clock_install(const vb_clock *clock);

/* Now, ordered after all earlier loads and before all later ones. */
uint64_t vb_clock_ticks(const vb_clock *clock);

/* ---- one implementation per architecture ---- */

uint64_t vb_clock_register(void);
/* The register's name when its rate is constant, else NULL; *hz is its rate, or 0 when it has to be measured. */
const char *vb_clock_register_name(double *hz);

#endif
