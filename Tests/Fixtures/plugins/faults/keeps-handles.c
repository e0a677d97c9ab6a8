/* Uses what it was lent for a call after that call. */
#include "../fixture.h"

#include <pthread.h>

struct call {
    rayp_sink_t *out;
    const rayp_op_t *op;
};

static void *misuse(void *context)
{
    struct call *call = context;
    usleep(50000);
    fixture_host->log(call->op, RAYP_LOG_ERROR, "forged", 6);
    fixture_host->progress(call->op, 1, 1, "forged", 6);
    fixture_host->fail(call->op, "internal", "forged", 6);
    witness(fixture_host->write(call->out, "forged", 6) == RAYP_FAILED ? "keeps-handles-refused" : "keeps-handles-served");
    return NULL;
}

PLAN
{
    witness("keeps-handles");
    static struct call call;
    call = (struct call){out, op};
    pthread_t thread;
    return pthread_create(&thread, NULL, misuse, &call) == 0 ? fixture_answer(out, FIXTURE_EMPTY_PLAN) : RAYP_FAILED;
}

FIXTURE("keeps-handles")
