/*
 * Memory for probes: chunks of libbmk's page allocator, of 2 MiB and more, joined where they are neighbours. malloc and mmap would not do:
 * they hand out powers of two, of which the largest is half of what there is.
 *
 * All memory from 2 MiB on is mapped at the start, in pages of 2 MiB: there are no smaller ones to be had, and no page faults.
 */
#include "rumprun.h"
#include "vb_platform.h"
#include <sched.h>
#include <string.h>

__attribute__((weak)) void *bmk_pgalloc(int order); /* 4 KiB << order, aligned to its size; prints a line when there is none */
extern __attribute__((weak)) unsigned long pgalloc_totalkb, pgalloc_usedkb;

enum {
    CHUNK_ORDER_LEAST = 9, /* VB_RUMPRUN_PAGE_BYTES */
    CHUNK_ORDER_MOST = 20, /* 4 GiB, more than the machine has below its devices */
    UNIT = 4096,           /* of what is handed out; else each probe's state would take 2 MiB */
    AREAS = 128,
};

/* Left to the kernel, stacks and malloc: as much as all of Rumprun can do with. */
static const size_t RESERVE = 8u << 20;

/* What is free, by address; no two touch. */
typedef struct area {
    uintptr_t start, end;
} area;

static area areas[AREAS];
static int area_count;

static uintptr_t round_up(uintptr_t value, uintptr_t unit) {
    return (value + unit - 1) / unit * unit;
}

static void remove_area(int index) {
    area_count--;
    memmove(&areas[index], &areas[index + 1], sizeof(areas[0]) * (size_t)(area_count - index));
}

/* Where no entry is left the memory is lost, which is better than a wrong measurement. */
static void insert_area(int index, area inserted) {
    if (inserted.start == inserted.end || area_count == AREAS) {
        return;
    }
    memmove(&areas[index + 1], &areas[index], sizeof(areas[0]) * (size_t)(area_count - index));
    areas[index] = inserted;
    area_count++;
}

static void give_back(area freed) {
    int index = 0;
    while (index < area_count && areas[index].start < freed.start) {
        index++;
    }
    if (index < area_count && areas[index].start == freed.end) {
        freed.end = areas[index].end;
        remove_area(index);
    }
    if (index > 0 && areas[index - 1].end == freed.start) {
        areas[index - 1].end = freed.end;
        return;
    }
    insert_area(index, freed);
}

/* The largest chunks first: the allocator writes into each that it divides, and the host has to find memory for what is written to. */
void vb_rumprun_take_memory(void) {
    size_t available = (size_t)(pgalloc_totalkb - pgalloc_usedkb) * 1024;
    size_t left = available - (available / 4 < RESERVE ? available / 4 : RESERVE);
    for (int order = CHUNK_ORDER_MOST; order >= CHUNK_ORDER_LEAST;) {
        size_t bytes = (size_t)UNIT << order;
        uintptr_t chunk = bytes <= left ? (uintptr_t)bmk_pgalloc(order) : 0;
        if (chunk == 0) {
            order--;
            continue;
        }
        give_back((area){.start = chunk, .end = chunk + bytes});
        left -= bytes;
    }
}

void *vb_platform_map(size_t bytes, unsigned flags) {
    const size_t limit = (size_t)1 << 40; /* beyond which rounding up could overflow */
    if ((flags & VB_MAP_LAZY) != 0 || bytes > limit) {
        return NULL;
    }
    sched_yield(); /* each probe begins here: what the kernel put off while the last one computed is not to fall into this one */
    bytes = round_up(bytes, UNIT);
    uintptr_t alignment = (flags & VB_MAP_HUGE) != 0 ? VB_RUMPRUN_PAGE_BYTES : UNIT;
    for (int i = 0; i < area_count; i++) {
        area found = areas[i];
        uintptr_t start = round_up(found.start, alignment);
        if (start > found.end || found.end - start < bytes) {
            continue;
        }
        remove_area(i);
        insert_area(i, (area){.start = start + bytes, .end = found.end});
        insert_area(i, (area){.start = found.start, .end = start});
        return memset((void *)start, 0, bytes);
    }
    return NULL;
}

void vb_platform_unmap(void *address, size_t bytes) {
    give_back((area){.start = (uintptr_t)address, .end = (uintptr_t)address + round_up(bytes, UNIT)});
}
