/* Opens a file in every call and closes none. */
#include "../plugins/fixture.h"
#include <fcntl.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("leaks-descriptor")
