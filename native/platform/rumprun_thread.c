/* os.thread's partner: a thread that sleeps on a condition until it is its turn. (There is no futex.) */
#include "rumprun.h"
#include <pthread.h>
#include <stdlib.h>

enum { NOTHING = -1, LEAVE = -2 };

typedef struct pair {
    pthread_t partner;
    pthread_mutex_t gate;
    pthread_cond_t changed;
    int request;
    int reply;
} pair;

static int take(pair *opened, int *word) {
    pthread_mutex_lock(&opened->gate);
    while (*word == NOTHING) {
        pthread_cond_wait(&opened->changed, &opened->gate);
    }
    int value = *word;
    *word = NOTHING;
    pthread_mutex_unlock(&opened->gate);
    return value;
}

/* One of the two waits at most: whoever it is, it is woken. */
static void put(pair *opened, int *word, int value) {
    pthread_mutex_lock(&opened->gate);
    *word = value;
    pthread_cond_signal(&opened->changed);
    pthread_mutex_unlock(&opened->gate);
}

static void *answer(void *context) {
    pair *opened = context;
    int token;
    while ((token = take(opened, &opened->request)) != LEAVE) {
        put(opened, &opened->reply, (token + 1) & 255);
    }
    return NULL;
}

void *vb_rumprun_thread_open(void) {
    pair *opened = malloc(sizeof(*opened));
    if (opened == NULL) {
        return NULL;
    }
    opened->request = opened->reply = NOTHING;
    pthread_mutex_init(&opened->gate, NULL);
    pthread_cond_init(&opened->changed, NULL);
    if (pthread_create(&opened->partner, NULL, answer, opened) != 0) {
        pthread_cond_destroy(&opened->changed);
        pthread_mutex_destroy(&opened->gate);
        free(opened);
        return NULL;
    }
    return opened;
}

int vb_rumprun_thread_round_trip(void *context, int token) {
    pair *opened = context;
    put(opened, &opened->request, token);
    return take(opened, &opened->reply);
}

void vb_rumprun_thread_close(void *context) {
    pair *opened = context;
    put(opened, &opened->request, LEAVE);
    pthread_join(opened->partner, NULL);
    pthread_cond_destroy(&opened->changed);
    pthread_mutex_destroy(&opened->gate);
    free(opened);
}
