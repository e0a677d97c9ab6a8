/* Its row has the parameters of plugin.yaml in another order. */
#include "../fixture.h"

__attribute__((constructor)) static void load(void)
{
    witness("reordered");
}

static rayp_status_t plan(rayp_sink_t *out, const rayp_view_t *request, const rayp_op_t *root)
{
    (void)request;
    (void)root;
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE_SIGNED("reordered", "out:sink,request:json,op:op")
