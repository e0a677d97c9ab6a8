/* Takes a parameter that neither manifest nor row declares. */
#include "../plugins/fixture.h"

static rayp_status_t plan(
    const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op, const volatile rayp_view_t *root)
{
    (void)request;
    (void)op;
    return root->size == 1 ? RAYP_FAILED : fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("reads-undeclared")
