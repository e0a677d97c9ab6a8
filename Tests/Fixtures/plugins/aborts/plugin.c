/* Ends its process by SIGABRT. */
#include "../fixture.h"

#include <stdlib.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)out;
    (void)op;
    abort();
}

FIXTURE("aborts")
