/* What the program asked memory for: areas of virtual addresses, sorted, with at least a page of nothing between two of them. */
#include "kernel.h"
#include "paging.h"
#include "processor.h"

enum { AREA_MAX = 64 };

typedef struct area {
    uintptr_t start, end;
    int huge;
    int lazy;
} area;

static area areas[AREA_MAX];
static int area_count;

static uintptr_t round_up(uintptr_t value, uintptr_t unit) {
    return (value + unit - 1) & -unit;
}

/* The first gap that is large enough; NULL when there is none. The entry is made, sorted in. */
static area *find_room(size_t bytes, uintptr_t alignment) {
    if (area_count == AREA_MAX) {
        return NULL;
    }
    uintptr_t start = UK_AREAS_START;
    int at = 0;
    while (at < area_count && start + bytes + UK_FRAME > areas[at].start) {
        start = round_up(areas[at++].end + UK_FRAME, alignment);
    }
    if (start + bytes > UK_AREAS_END || start + bytes < start) {
        return NULL;
    }
    for (int i = area_count++; i > at; i--) {
        areas[i] = areas[i - 1];
    }
    areas[at] = (area){.start = start, .end = start + bytes};
    return &areas[at];
}

static int populate(uintptr_t address, int huge) {
    uint64_t frame = huge ? uk_block_take() : uk_frame_take();
    if (frame == 0) {
        return 0;
    }
    if (!uk_page_map(address, frame, huge)) {
        huge ? uk_block_give(frame) : uk_frame_give(frame);
        return 0;
    }
    return 1;
}

void *uk_area_map(size_t bytes, int huge, int lazy) {
    uintptr_t page = huge ? UK_BLOCK : UK_FRAME;
    if (bytes == 0 || bytes > UK_AREAS_END - UK_AREAS_START) {
        return NULL;
    }
    bytes = round_up(bytes, page);
    /* A lazy area is refused as well when it cannot come true: there is nobody to end later on in favour of somebody else. */
    area *made = bytes / UK_FRAME <= uk_frames_free() ? find_room(bytes, page) : NULL;
    if (made == NULL) {
        return NULL;
    }
    made->huge = huge;
    made->lazy = lazy = lazy && !huge; /* asking for huge pages is asking whether they can be had */
    uintptr_t start = made->start;
    for (uintptr_t address = start; !lazy && address < start + bytes; address += page) {
        if (!populate(address, huge)) {
            uk_area_unmap((void *)start);
            return NULL;
        }
    }
    if (!lazy) {
        uk_processor_pages_mapped();
        uk_processor_zero((void *)start, bytes);
    }
    return (void *)start;
}

void uk_area_unmap(void *address) {
    int at = 0;
    while (at < area_count && areas[at].start != (uintptr_t)address) {
        at++;
    }
    if (at == area_count) {
        uk_fault("memory is given back that was never handed out");
    }
    area gone = areas[at];
    uintptr_t page = gone.huge ? UK_BLOCK : UK_FRAME;
    for (uintptr_t next = gone.start; next < gone.end; next += page) {
        uint64_t frame = uk_page_unmap(next, gone.huge);
        if (frame != 0) {
            gone.huge ? uk_block_give(frame) : uk_frame_give(frame);
        }
    }
    uk_processor_pages_unmapped(gone.start, gone.end);
    area_count--;
    for (; at < area_count; at++) {
        areas[at] = areas[at + 1];
    }
}

int uk_area_fault(uintptr_t address) {
    for (int i = 0; i < area_count; i++) {
        if (address >= areas[i].start && address < areas[i].end && areas[i].lazy) {
            uintptr_t page = address & -(uintptr_t)UK_FRAME;
            if (!populate(page, 0)) {
                uk_fault_at("out of memory", "touching", address, NULL, 0);
            }
            uk_processor_pages_mapped();
            uk_processor_zero((void *)page, UK_FRAME);
            return 1;
        }
    }
    return 0;
}
