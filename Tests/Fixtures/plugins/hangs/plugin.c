/* Neither SIGTERM nor a cancel ends it; only SIGKILL does. */
#include "../fixture.h"

#include <signal.h>
#include <unistd.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)out;
    (void)op;
    signal(SIGTERM, SIG_IGN);
    while (pause() != 0) {
    }
    return RAYP_OK;
}

FIXTURE("hangs")
