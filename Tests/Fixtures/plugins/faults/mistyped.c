/* Its row says of a parameter another type than plugin.yaml. */
#include "../fixture.h"

__attribute__((constructor)) static void load(void)
{
    witness("mistyped");
}

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, int64_t root)
{
    (void)request;
    (void)root;
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE_SIGNED("mistyped", "request:json,out:sink,op:i64")
