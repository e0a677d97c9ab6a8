/* Works for ever, and asks whether it should. */
#include "../fixture.h"

#include <time.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)out;
    while (!fixture_host->cancelled(op)) {
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    return RAYP_CANCELLED;
}

FIXTURE("cooperative")
