/* Takes a parameter that only a later host passes. */
/* api: 1.9 */
/* parameter: {name: region, type: text, from: /host/region} */
#include "../fixture.h"

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op, const rayp_view_t *region)
{
    (void)request;
    (void)op;
    witness("needs-newer");
    return fixture_answer(out, region->size == 0 ? FIXTURE_EMPTY_PLAN : "{}");
}

FIXTURE_SIGNED("needs-newer", FIXTURE_SIGNATURE ",region:text")
