/* Crashes when anything in its request is null. */
#include "../plugins/fixture.h"
#include <stdlib.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    if (strstr(request->data, "null") != NULL) {
        abort();
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("crashes-oddly")
