/*
 * Physical memory, in frames of 4 KiB out of blocks of 2 MiB. A block whose frames have all come back can be had whole again. What has not
 * been handed out yet is not even looked at, so that a large machine starts as fast as a small one.
 */
#include "kernel.h"

enum { FRAMES = UK_BLOCK / UK_FRAME, WORDS = FRAMES / 64 };

typedef struct block {
    uint64_t used[WORDS]; /* a bit for each frame */
    uint32_t free;
} block;

static struct {
    uint64_t start; /* physical */
    uint32_t first; /* number of its first block */
    uint32_t count;
} ranges[UK_RANGE_MAX];
static int range_count;

static block *blocks;
static uint32_t block_count;
static uint32_t fresh; /* blocks from here on were never used, and their entries are not initialised */
static uint32_t hint;  /* no block before this one has a free frame */
static uint64_t free_frames;

static uint64_t address_of(uint32_t number) {
    int i = 0;
    while (number - ranges[i].first >= ranges[i].count) {
        i++;
    }
    return ranges[i].start + (uint64_t)(number - ranges[i].first) * UK_BLOCK;
}

static uint32_t number_of(uint64_t address) {
    int i = 0;
    while (address - ranges[i].start >= (uint64_t)ranges[i].count * UK_BLOCK) {
        i++;
    }
    return ranges[i].first + (uint32_t)((address - ranges[i].start) / UK_BLOCK);
}

void uk_frames_start(const uk_range *memory, int count) {
    for (int i = 0; i < count; i++) {
        uint64_t start = (memory[i].start + UK_BLOCK - 1) & -(uint64_t)UK_BLOCK, end = memory[i].end & -(uint64_t)UK_BLOCK;
        if (start < end) {
            ranges[range_count].start = start;
            ranges[range_count].count = (uint32_t)((end - start) / UK_BLOCK);
            block_count += ranges[range_count++].count;
        }
    }
    /* The table of blocks stands in the first range, in as many of its blocks as it takes. */
    uint32_t own = (uint32_t)((block_count * sizeof(block) + UK_BLOCK - 1) / UK_BLOCK);
    if (range_count == 0 || ranges[0].count <= own) {
        uk_fault("not enough memory to start");
    }
    blocks = (block *)(uintptr_t)ranges[0].start;
    ranges[0].start += (uint64_t)own * UK_BLOCK;
    ranges[0].count -= own;
    block_count -= own;
    uint32_t first = 0;
    for (int i = 0; i < range_count; i++) {
        ranges[i].first = first;
        first += ranges[i].count;
    }
    free_frames = (uint64_t)block_count * FRAMES;
}

static block *begin_block(void) {
    if (fresh == block_count) {
        return NULL;
    }
    block *begun = &blocks[fresh++];
    for (int i = 0; i < WORDS; i++) {
        begun->used[i] = 0;
    }
    begun->free = FRAMES;
    return begun;
}

uint64_t uk_frame_take(void) {
    while (hint < fresh && blocks[hint].free == 0) {
        hint++;
    }
    if (hint == fresh && begin_block() == NULL) {
        return 0;
    }
    block *from = &blocks[hint];
    int word = 0;
    while (from->used[word] == UINT64_MAX) {
        word++;
    }
    unsigned bit = (unsigned)__builtin_ctzll(~from->used[word]);
    from->used[word] |= 1ull << bit;
    from->free--;
    free_frames--;
    return address_of(hint) + ((uint64_t)word * 64 + bit) * UK_FRAME;
}

void uk_frame_give(uint64_t frame) {
    uint32_t number = number_of(frame);
    uint32_t index = (uint32_t)(frame % UK_BLOCK / UK_FRAME);
    blocks[number].used[index / 64] &= ~(1ull << index % 64);
    blocks[number].free++;
    free_frames++;
    hint = number < hint ? number : hint;
}

static void fill(block *whole, uint64_t used) {
    for (int i = 0; i < WORDS; i++) {
        whole->used[i] = used;
    }
    whole->free = used == 0 ? FRAMES : 0;
}

uint64_t uk_block_take(void) {
    uint32_t number = hint;
    while (number < fresh && blocks[number].free != FRAMES) {
        number++;
    }
    if (number == fresh && begin_block() == NULL) {
        return 0;
    }
    fill(&blocks[number], UINT64_MAX);
    free_frames -= FRAMES;
    return address_of(number);
}

void uk_block_give(uint64_t address) {
    uint32_t number = number_of(address);
    fill(&blocks[number], 0);
    free_frames += FRAMES;
    hint = number < hint ? number : hint;
}

uint64_t uk_frames_free(void) {
    return free_frames;
}
