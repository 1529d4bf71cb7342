/*
 * cpu.primes: sysbench's CPU test. One operation is one sysbench event: test every c from 3 to below `limit` by trial division with all
 * l from 2 to sqrt(c). The arithmetic is sysbench's (64-bit remainder, the bound a double), because that is what the figure compares with.
 */
#include "catalogue.h"
#include "state.h"
#include "vb_platform.h"

static uint64_t count_primes(uint64_t limit) {
    uint64_t found = 0;
    for (uint64_t c = 3; c < limit; c++) {
        double bound = __builtin_sqrt((double)c);
        uint64_t l;
        for (l = 2; (double)l <= bound; l++) {
            if (c % l == 0) {
                break;
            }
        }
        if ((double)l > bound) {
            found++;
        }
    }
    return found;
}

static void run_events(void *context, intptr_t operations) {
    primes *primes = context;
    for (intptr_t i = 0; i < operations; i++) {
        /* The limit is read anew: a compiler that knew the loop's answer to be the same each time could run it once. */
        uint64_t limit = *(volatile uint64_t *)&primes->limit;
        primes->found += count_primes(limit);
    }
    primes->events += (uint64_t)operations;
}

static vb_status open_primes(vb_run *run) {
    int64_t limit = vb_parameter_integer(run, "limit", 10000);
    if (limit < 3 || limit > 100000000) {
        return vb_fail(run, "limit must be between 3 and 100000000");
    }
    primes *primes = vb_probe_map(run, sizeof(*primes));
    if (primes == NULL) {
        return VB_FAILED;
    }
    run->context = primes;
    primes->limit = (uint64_t)limit;
    vb_metric_add(run, "work", 1, "event");
    return VB_OK;
}

/* Odd primes below the limit by the sieve of Eratosthenes: another way to the same number. */
static uint64_t sieve(uint8_t *composite, uint64_t limit) {
    uint64_t found = 0;
    for (uint64_t i = 3; i < limit; i += 2) {
        if (composite[i] != 0) {
            continue;
        }
        found++;
        for (uint64_t multiple = i * i; multiple < limit; multiple += 2 * i) {
            composite[multiple] = 1;
        }
    }
    return found;
}

static vb_status verify_primes(vb_run *run) {
    primes *primes = run->context;
    uint8_t *composite = vb_probe_map(run, primes->limit);
    if (composite == NULL) {
        return VB_FAILED;
    }
    uint64_t expected = sieve(composite, primes->limit);
    vb_platform_unmap(composite, primes->limit);
    return primes->found == expected * primes->events ? VB_OK : vb_fail(run, "wrong number of primes");
}

static void close_primes(vb_run *run) {
    if (run->context != NULL) {
        vb_platform_unmap(run->context, sizeof(primes));
    }
}

const vb_probe vb_cpu_primes = {
    .id = "cpu.primes",
    .parameters = "limit=10000",
    .open = open_primes,
    .workload = run_events,
    .verify = verify_primes,
    .close = close_primes,
};
