/* Writes until the host wants no more. */
#include "../fixture.h"

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    char block[4096];
    memset(block, ' ', sizeof block);
    while (fixture_host->write(out, block, sizeof block) == RAYP_OK) {
    }
    return RAYP_FAILED;
}

FIXTURE("huge")
