/* Says the same for ever, or nearly: inside ray nothing could stop it. */
#include "../fixture.h"

PLAN
{
    witness("logs-forever");
    for (int i = 0; i < 5000000; i++) {
        fixture_host->log(op, RAYP_LOG_DEBUG, "still at it", 11);
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("logs-forever")
