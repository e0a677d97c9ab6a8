/* Fails the way it should be done. */
#include "../fixture.h"

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)out;
    static const char message[] = "the index at https://example.org/simple does not answer";
    return fixture_host->fail(op, "network", message, sizeof message - 1);
}

FIXTURE("failing")
