/* Running one probe on the real system by hand, to see that it accepts its own answer and refuses one that was spoilt behind its back. */
#ifndef PROBE_FIXTURE_H
#define PROBE_FIXTURE_H

#include "check.h"
#include "cpu.h"
#include "section.h"
#include "state.h"
#include "text.h"
#include "vb_platform.h"

static vb_section section;
static const vb_options *fixture_options; /* what the guest is given; NULL: nothing that the probe asks for */

static inline const vb_probe *find(const char *id) {
    for (int i = 0; vb_probes[i] != NULL; i++) {
        if (strcmp(vb_probes[i]->id, id) == 0) {
            return vb_probes[i];
        }
    }
    return NULL;
}

/* Opens the probe that the specification names and runs some operations of it, in calls of different length. */
static inline int begin(const char *specification, intptr_t operations) {
    char id[VB_NAME_MAX];
    vb_string_copy(id, sizeof(id), specification, vb_specification_id(specification));
    section = (vb_section){.probe = find(id), .options = fixture_options};
    CHECK(section.probe != NULL);
    vb_run *run = &section.run;
    vb_specification_read(run, section.probe->parameters, specification);
    section.workload = section.probe->workload;
    vb_status status = section.probe->open(run);
    if (run->error[0] != '\0') {
        return 0;
    }
    CHECK(status == VB_OK);
    CHECK(run->metric_count >= 1 && strcmp(run->metrics[0].name, "work") == 0 && run->metrics[0].value > 0);
    section.is_actual = 1;
    for (intptr_t call = 1; operations > 0; call++) {
        intptr_t now = call < operations ? call : operations;
        section.workload(run->context, now);
        operations -= now;
    }
    return 1;
}

static inline vb_status verify(void) {
    return section.probe->verify(&section.run);
}

static inline void end(void) {
    section.probe->close(&section.run);
}

/* The reason why it refuses to open; "" when it does open. */
static inline const char *refusal(const char *specification) {
    begin(specification, 0);
    end();
    return section.run.error;
}

static inline void accepts(const char *specification, intptr_t operations) {
    if (!begin(specification, operations)) {
        check_that(section.run.unsupported, __FILE__, __LINE__, specification);
        printf("     %s: not run, %s\n", specification, section.run.error);
    } else {
        check_that(verify() == VB_OK, __FILE__, __LINE__, specification);
    }
    end();
}

/* Runs the probe, spoils its state with `statement` (which sees it as `state`), and wants it refused. */
#define REFUSES(specification, operations, type, statement)                                                                                \
    do {                                                                                                                                   \
        CHECK(begin(specification, operations));                                                                                           \
        type *state = section.run.context;                                                                                                 \
        statement;                                                                                                                         \
        CHECK(verify() == VB_FAILED && section.run.error[0] != '\0' && !section.run.unsupported);                                          \
        end();                                                                                                                             \
    } while (0)

#endif
