/* Leaves a thread that never ends, and answers. */
#include "../fixture.h"

#include <pthread.h>

static void *work(void *context)
{
    while (pause() != 0) {
    }
    return context;
}

PLAN
{
    witness("leaves-worker");
    pthread_t thread;
    return pthread_create(&thread, NULL, work, NULL) == 0 ? fixture_answer(out, FIXTURE_EMPTY_PLAN) : RAYP_FAILED;
}

FIXTURE("leaves-worker")
