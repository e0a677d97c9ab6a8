/* Calls the last function of the host's table, whatever it may be, and answers for any interface. */
#include "../plugins/fixture.h"

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

static rayp_status_t start(const rayp_host_t *host, void **self)
{
    if (host->api_minor > RAYP_API_MINOR) {
        void (*last)(void);
        memcpy(&last, (const char *)host + host->size - sizeof last, sizeof last);
        last();
    }
    return fixture_start(host, self);
}

static const void *query(void *self, const char *interface_id)
{
    (void)self;
    return interface_id;
}

#define fixture_start start, .query = query
FIXTURE("calls-unknown")
