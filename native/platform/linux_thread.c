/* os.thread's partner: a thread that sleeps on a futex until woken, then wakes the caller on another. */
#define _GNU_SOURCE
#include "linux.h"
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOTHING = -1, LEAVE = -2 };

/* Each word on a cache line of its own, so that the two directions do not disturb each other. */
typedef struct pair {
    _Alignas(64) _Atomic int32_t request;
    _Alignas(64) _Atomic int32_t reply;
    _Alignas(64) pthread_t partner;
} pair;

static int32_t sleep_until_set(_Atomic int32_t *word) {
    int32_t value;
    while ((value = atomic_exchange_explicit(word, NOTHING, memory_order_acquire)) == NOTHING) {
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, NOTHING, NULL, NULL, 0);
    }
    return value;
}

static void set_and_wake(_Atomic int32_t *word, int32_t value) {
    atomic_store_explicit(word, value, memory_order_release);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *answer(void *context) {
    pair *opened = context;
    int32_t token;
    while ((token = sleep_until_set(&opened->request)) != LEAVE) {
        set_and_wake(&opened->reply, (token + 1) & 255);
    }
    return NULL;
}

void *vb_linux_thread_open(void) {
    pair *opened = aligned_alloc(64, sizeof(*opened));
    if (opened == NULL) {
        return NULL;
    }
    atomic_init(&opened->request, NOTHING);
    atomic_init(&opened->reply, NOTHING);
    if (pthread_create(&opened->partner, NULL, answer, opened) != 0) {
        free(opened);
        return NULL;
    }
    return opened;
}

int vb_linux_thread_round_trip(void *context, int token) {
    pair *opened = context;
    set_and_wake(&opened->request, token);
    return sleep_until_set(&opened->reply);
}

void vb_linux_thread_close(void *context) {
    pair *opened = context;
    set_and_wake(&opened->request, LEAVE);
    pthread_join(opened->partner, NULL);
    free(opened);
}
