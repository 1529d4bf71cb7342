/*
 * The contract between the measurement engine and a probe.
 *
 * The engine decides how often a workload runs and times it; the probe decides what one operation is. The engine and the C
 * probes are compiled once per architecture into one archive and linked unchanged into every guest program, so that every
 * target is timed by the same machine code.
 *
 * Freestanding: the archive calls nothing but what vb_platform.h declares.
 */
#ifndef VB_ENGINE_H
#define VB_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VB_PARAMETER_MAX 8
#define VB_METRIC_MAX 24
#define VB_NAME_MAX 32
#define VB_VALUE_MAX 48

/* Runs `operations` operations on `context`. Nothing in it may call the platform, unless the call is what is measured. One that cannot go
   on calls vb_fail, and does nothing from then on. */
typedef void (*vb_workload)(void *context, intptr_t operations);

/* One `name=value` of a probe specification such as mem.triad{bytes=268435456}. */
typedef struct vb_parameter {
    char name[VB_NAME_MAX];
    char value[VB_VALUE_MAX];
} vb_parameter;

/* A figure of the probe besides time per operation, printed as `// VB: metric name=... value=... unit=...`. */
typedef struct vb_metric {
    char name[VB_NAME_MAX];
    char unit[VB_NAME_MAX];
    double value;
} vb_metric;

/* One probe being run once: what it was asked for, what it says about itself, where it keeps its state. */
typedef struct vb_run {
    vb_parameter parameters[VB_PARAMETER_MAX];
    int parameter_count;
    vb_metric metrics[VB_METRIC_MAX];
    int metric_count;
    void *context;   /* the probe's own; handed to its workload */
    char error[160]; /* why open, verify or a parameter failed; empty when nothing did */
    int unsupported; /* set with error: this guest cannot run the probe, which is no failure */
} vb_run;

typedef enum vb_status { VB_OK = 0, VB_FAILED = 1 } vb_status;

typedef struct vb_probe {
    const char *id;                   /* "mem.triad" */
    const char *parameters;           /* accepted names with defaults, blank separated: "bytes=134217728" */
    vb_status (*open)(vb_run *run);   /* allocates, initialises, publishes metrics such as bytesPerOp */
    vb_workload workload;             /* NULL when open chooses one with vb_run_use (e.g. by vector width) */
    vb_workload overhead;             /* the same loop without the work; NULL: the engine's own empty loop */
    vb_status (*verify)(vb_run *run); /* after the last iteration: is the answer right? */
    void (*close)(vb_run *run);       /* releases what open took; also called after a failed open */
    int64_t least_operations;         /* of an iteration: fewer tell nothing; 0: one is enough */
} vb_probe;

/* How the engine measures. All times in nanoseconds. */
typedef struct vb_options {
    int64_t iteration_ns;       /* the least duration of an iteration that the pilot looks for */
    int64_t budget_ns;          /* after min_iterations, stop when the section has taken this long */
    int32_t warmup_iterations;  /* the most; fewer when the figures stopped improving */
    int32_t min_iterations;     /* actual iterations, least */
    int32_t max_iterations;     /* actual iterations, most */
    double max_relative_error;  /* half width of the 99.9 % interval of the mean over the mean */
    double slowdown;            /* share of its time that every workload iteration is prolonged by; noted in each section */
    const char *implementation; /* "c" or "cs" */
    const char *build;          /* hash of the archive: the guestBinary of a result */
    const char *peer;           /* A.B.C.D:PORT of the server that net.* talk to; NULL: there is none */
    const char *disk;           /* a directory or block device that disk.* may write to; NULL: there is none */
} vb_options;

/* Fills in the engine's defaults. */
void vb_options_default(vb_options *options);

/* ---- what a probe may call outside timed code ---- */

/* The parameter's integer value (suffixes K, M, G are binary); `fallback` when it was not given. */
int64_t vb_parameter_integer(vb_run *run, const char *name, int64_t fallback);
/* The parameter's text; `fallback` when it was not given. */
const char *vb_parameter_text(vb_run *run, const char *name, const char *fallback);
void vb_metric_add(vb_run *run, const char *name, double value, const char *unit);
/* A word about how the workload ran that is no number (e.g. "width=256"); part of the section's `note` line. */
void vb_run_note(vb_run *run, const char *name, const char *value);
/*
 * Every single value of a distribution in ns, as `// VB: histogram` lines after the metrics, so that boots can be merged. `values` is the
 * probe's own and is read after verify, before close.
 */
struct vb_histogram;
void vb_run_histogram(vb_run *run, const char *name, const struct vb_histogram *values);
/* How long the section is to take, as far as it can be helped: what a probe whose partner is slow goes by. */
int64_t vb_run_budget_ns(const vb_run *run);
/* Whether the iteration that runs now is one that counts (WorkloadActual): for probes that keep their own distribution. */
int vb_run_is_actual(const vb_run *run);
/* What the guest was given besides processor and memory (see vb_options); NULL when there is none. */
const char *vb_run_peer(const vb_run *run);
const char *vb_run_disk(const vb_run *run);
/* Replaces the probe's workload for this run. */
void vb_run_use(vb_run *run, vb_workload workload);
/* Both return VB_FAILED, for `return vb_fail(...)`. The first: a wrong answer or bad parameter. The second: cannot run here. */
vb_status vb_fail(vb_run *run, const char *why);
vb_status vb_unsupported(vb_run *run, const char *why);

/* ---- running ---- */

/*
 * Runs the probes that `specifications` name ("cpu.primes{limit=10000}"), each as one section of the line protocol
 * (vb_protocol.h), in the order given. Returns the number of sections that failed; an unknown probe is a failed section.
 */
int vb_execute(const vb_options *options, const vb_probe *const *probes, int probe_count, const char *const *specifications,
               int specification_count);

/* The C probes of this archive, NULL-terminated. */
extern const vb_probe *const vb_probes[];

/*
 * The whole of a guest program: reads the command line
 *     [--iteration-ms=N] [--budget-ms=N] [--warmup=N] [--min=N] [--max=N] [--error=PERCENT] [--slow=PERCENT]
 *     [--peer=A.B.C.D:PORT] [--disk=PATH]
 *     PROBE[{name=value,...}]...
 * prints the main line, runs the sections, prints the end line, returns the exit status of vb_protocol.h. argv[0] is the program.
 * `--slow` makes everything take so much longer, for those who check whether that is noticed.
 * `--no-probes` in place of the probes prints the main and end lines only, for those who time the start. `--serve=PORT` in their place is
 * the server that net.* of another instance talk to, on that port of TCP and of UDP: it prints `// VB: serving port=PORT` when it is
 * ready, and goes on until it is killed or told to end. `--list` prints "id<TAB>parameters" for each probe instead. `build` is the
 * archive's SHA-256 in hexadecimal.
 */
int vb_main(int argc, const char *const *argv, const char *implementation, const char *build, const vb_probe *const *probes,
            int probe_count);

#ifdef __cplusplus
}
#endif
#endif
