/* Takes its parameters in another order than declared. */
#include "../plugins/fixture.h"

static rayp_status_t plan(const volatile rayp_view_t *request, const volatile rayp_view_t *root, rayp_sink_t *out)
{
    return request->size + root->size == 1 ? RAYP_FAILED : fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("takes-sink-for-view")
