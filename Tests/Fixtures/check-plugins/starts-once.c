/* Crashes when it is started a second time. */
#include "../plugins/fixture.h"
#include <stdlib.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

static rayp_status_t start(const rayp_host_t *host, void **self)
{
    static int count;
    if (++count > 1) {
        abort();
    }
    return fixture_start(host, self);
}

#define fixture_start start
FIXTURE("starts-once")
