/* Copies the host's table as if every host had one as long as it knows, and longer. */
#include "../plugins/fixture.h"

static struct {
    rayp_host_t host;
    void *more[64];
} kept;

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return kept.host.write(out, FIXTURE_EMPTY_PLAN, sizeof FIXTURE_EMPTY_PLAN - 1);
}

static rayp_status_t start(const rayp_host_t *host, void **self)
{
    memcpy(&kept, host, sizeof kept);
    return fixture_start(host, self);
}

#define fixture_start start
FIXTURE("copies-table")
