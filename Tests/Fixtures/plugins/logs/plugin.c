/* Says what it does, with one byte that is not UTF-8, and answers. */
#include "../fixture.h"

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    static const char line[] = "resolving caf\xe9";
    fixture_host->log(op, RAYP_LOG_DEBUG, "starting", 8);
    fixture_host->log(op, RAYP_LOG_WARNING, line, sizeof line - 1);
    for (uint64_t done = 1; done <= 3; done++) {
        fixture_host->progress(op, done, 3, "package", 7);
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("logs")
