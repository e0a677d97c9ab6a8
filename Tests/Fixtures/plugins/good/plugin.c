/* A well-behaved builder: one step, an activation and a verify script. */
#include "../fixture.h"

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return fixture_answer(out,
        "{\"diagnostics\": [], \"files\": [], \"components\": {\"good\": \"1\"}, \"inputs\": [], "
        "\"steps\": [{\"title\": \"write good.txt\", \"script\": \"printf 'good\\\\n' > \\\"$RAY_LAYER/good.txt\\\"\", \"timeout\": 60}], "
        "\"activation\": {\"set\": {\"GOOD\": \"1\"}}, "
        "\"verify\": \"test -f \\\"$RAY_LAYER/good.txt\\\"\", \"notes\": []}");
}

FIXTURE("good")
