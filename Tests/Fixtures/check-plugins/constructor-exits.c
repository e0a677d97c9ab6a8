/* Ends the process, as if all were well, while it is loaded. */
#include "../plugins/fixture.h"
#include <unistd.h>

__attribute__((constructor)) static void load(void)
{
    _exit(0);
}

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("constructor-exits")
