/* Keeps memory in every call. */
#include "../plugins/fixture.h"
#include <stdlib.h>

static void *volatile leaks_memory_last;

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    leaks_memory_last = malloc(500);
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("leaks-memory")
