/* Crashes while it is loaded. */
#include "../plugins/fixture.h"
#include <stdlib.h>

__attribute__((constructor)) static void load(void)
{
    abort();
}

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("constructor-crashes")
