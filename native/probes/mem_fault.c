/* mem.fault: one operation maps 256 fresh anonymous pages, touches each, and gives them back. */
#include "catalogue.h"
#include "state.h"
#include "vb_platform.h"

enum { PAGES = 256 };

static void touch_pages(void *context, intptr_t operations) {
    faults *state = context;
    const size_t page_bytes = state->page_bytes;
    for (intptr_t operation = 0; operation < operations; operation++) {
        volatile char *pages = vb_platform_map(PAGES * page_bytes, VB_MAP_LAZY);
        if (pages == NULL) {
            state->wrong++;
            continue;
        }
        for (size_t page = 0; page < PAGES; page++) {
            pages[page * page_bytes] = 1; /* a write first: reading would only map the page of zeros */
            state->wrong += pages[page * page_bytes + 1] != 0;
        }
        state->touched += PAGES;
        vb_platform_unmap((void *)(uintptr_t)pages, PAGES * page_bytes);
    }
    state->operations += (uint64_t)operations;
}

static vb_status open_fault(vb_run *run) {
    faults *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    size_t page_bytes = vb_platform_os_calls()->page_bytes;
    state->page_bytes = page_bytes != 0 ? page_bytes : 4096;
    void *lazy = vb_platform_map(state->page_bytes, VB_MAP_LAZY);
    if (lazy == NULL) {
        return vb_unsupported(run, "this system has all memory there at once, so no page faults");
    }
    vb_platform_unmap(lazy, state->page_bytes);
    vb_metric_add(run, "work", PAGES, "page");
    return VB_OK;
}

static vb_status verify_fault(vb_run *run) {
    const faults *state = run->context;
    if (state->wrong != 0) {
        return vb_fail(run, "pages could not be had or were not zero");
    }
    return state->touched == state->operations * PAGES ? VB_OK : vb_fail(run, "wrong number of pages touched");
}

static void close_fault(vb_run *run) {
    if (run->context != NULL) {
        vb_platform_unmap(run->context, sizeof(faults));
    }
}

const vb_probe vb_mem_fault = {
    .id = "mem.fault",
    .parameters = "",
    .open = open_fault,
    .workload = touch_pages,
    .verify = verify_fault,
    .close = close_fault,
};
