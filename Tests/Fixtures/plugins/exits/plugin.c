/* Looks like success to a host that only asks for the exit status. */
#include "../fixture.h"

#include <stdlib.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)out;
    (void)op;
    exit(0);
}

FIXTURE("exits")
