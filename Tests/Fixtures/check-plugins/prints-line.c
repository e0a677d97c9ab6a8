/* Prints in a call. */
#include "../plugins/fixture.h"
#include <stdio.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    puts("planning");
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("prints-line")
