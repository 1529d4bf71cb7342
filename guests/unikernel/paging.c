/*
 * The page tables of the areas. Both architectures have three levels of 512 entries here, for 1 GiB, 2 MiB and 4 KiB; only the entries'
 * bits differ. Tables stay when their pages go: the next area is likely to stand in the same place.
 */
#include "paging.h"
#include "kernel.h"
#include "processor.h"

static uint64_t *entry_of(uint64_t *table, uintptr_t address, int shift) {
    return &table[address >> shift & 511];
}

static uint64_t *table_of(uint64_t entry) {
    return (uint64_t *)(uintptr_t)(entry & UK_ENTRY_ADDRESS);
}

/* The table that the entry points to, made when there is none yet; NULL when there is no memory for it. */
static uint64_t *table_below(uint64_t *entry) {
    if (*entry == 0) {
        uint64_t frame = uk_frame_take();
        if (frame == 0) {
            return NULL;
        }
        uk_processor_zero((void *)(uintptr_t)frame, UK_FRAME);
        *entry = frame | UK_ENTRY_TABLE;
    }
    return table_of(*entry);
}

int uk_page_map(uintptr_t address, uint64_t frame, int huge) {
    uint64_t *middle = table_below(entry_of(uk_areas_table, address, 30));
    if (middle == NULL) {
        return 0;
    }
    uint64_t *entry = entry_of(middle, address, 21);
    if (huge) {
        if (*entry != 0) { /* an empty table that an area of small pages left */
            uk_frame_give(*entry & UK_ENTRY_ADDRESS);
        }
        *entry = frame | UK_ENTRY_BLOCK;
        return 1;
    }
    uint64_t *last = table_below(entry);
    if (last == NULL) {
        return 0;
    }
    *entry_of(last, address, 12) = frame | UK_ENTRY_PAGE;
    return 1;
}

uint64_t uk_page_unmap(uintptr_t address, int huge) {
    uint64_t *entry = entry_of(uk_areas_table, address, 30);
    if (*entry == 0) {
        return 0;
    }
    entry = entry_of(table_of(*entry), address, 21);
    if (huge ? !UK_ENTRY_IS_BLOCK(*entry) : *entry == 0) {
        return 0;
    }
    if (!huge) {
        entry = entry_of(table_of(*entry), address, 12);
    }
    uint64_t frame = *entry & UK_ENTRY_ADDRESS;
    *entry = 0;
    return frame;
}
