/* Does not look at its deadline. */
#include "../plugins/fixture.h"
#include <unistd.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    for (;;) {
        pause();
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("hangs-on")
