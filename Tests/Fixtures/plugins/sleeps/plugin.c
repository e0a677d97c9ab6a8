/* Sleeps, and asks nobody whether it should. */
#include "../fixture.h"

#include <unistd.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)out;
    (void)op;
    while (pause() != 0) {
    }
    return RAYP_OK;
}

FIXTURE("sleeps")
