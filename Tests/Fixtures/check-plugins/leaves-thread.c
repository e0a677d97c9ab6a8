/* Leaves a thread running. */
#include "../plugins/fixture.h"
#include <pthread.h>
#include <unistd.h>

static void *run(void *context)
{
    for (;;) {
        pause();
    }
    return context;
}

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    static pthread_t thread;
    if (thread == 0) {
        pthread_create(&thread, NULL, run, NULL);
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("leaves-thread")
