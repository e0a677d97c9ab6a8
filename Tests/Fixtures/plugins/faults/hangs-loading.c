/* Never comes back from being loaded. */
#include "../fixture.h"

__attribute__((constructor)) static void load(void)
{
    witness("hangs-loading");
    while (pause() != 0) {
    }
}

PLAN
{
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("hangs-loading")
