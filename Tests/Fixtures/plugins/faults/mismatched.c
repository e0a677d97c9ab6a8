/* Its row says request, root and out; its plugin.yaml says request, out and op. */
#include "../fixture.h"

__attribute__((constructor)) static void load(void)
{
    witness("mismatched");
}

static rayp_status_t plan(const rayp_view_t *request, const rayp_view_t *root, rayp_sink_t *out)
{
    (void)request;
    (void)root;
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE_SIGNED("mismatched", "request:json,root:path,out:sink")
