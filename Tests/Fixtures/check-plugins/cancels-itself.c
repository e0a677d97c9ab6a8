/* Says that it was cancelled. */
#include "../plugins/fixture.h"

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return RAYP_CANCELLED;
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("cancels-itself")
