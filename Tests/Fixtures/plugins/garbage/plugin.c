/* Neither JSON nor UTF-8. */
#include "../fixture.h"

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return fixture_answer(out, "this is {not JSON, \xff\xfe and not \xc0\xaf UTF-8");
}

FIXTURE("garbage")
