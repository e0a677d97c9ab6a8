/* Answers, and never comes back from being stopped. */
#define FIXTURE_STOP stop
#include "../fixture.h"

static void stop(void *self)
{
    (void)self;
    witness("hangs-stopping-stop");
    while (pause() != 0) {
    }
}

PLAN
{
    witness("hangs-stopping");
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("hangs-stopping")
