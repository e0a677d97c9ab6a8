/* Plans something else each time. */
#include "../plugins/fixture.h"
#include <stdio.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    static int count;
    char text[256];
    snprintf(text, sizeof text, "{\"steps\": [], \"components\": {\"count\": \"%d\"}}", ++count);
    return fixture_answer(out, text);
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("differs-each-time")
