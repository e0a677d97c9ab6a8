/* Says little often enough, and much each time. */
#include "../fixture.h"

PLAN
{
    witness("logs-much");
    static char line[60000];
    memset(line, 'x', sizeof line);
    for (int i = 0; i < 5000; i++) {
        fixture_host->progress(op, 0, 0, line, sizeof line);
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("logs-much")
