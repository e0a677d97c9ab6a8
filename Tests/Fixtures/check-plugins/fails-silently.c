/* Fails and does not say why. */
#include "../plugins/fixture.h"

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return RAYP_FAILED;
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("fails-silently")
