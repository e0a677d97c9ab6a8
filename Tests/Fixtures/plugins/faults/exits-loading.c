/* Ends its process, with success, before anybody has called it. */
#include "../fixture.h"

__attribute__((constructor)) static void load(void)
{
    witness("exits-loading");
    _exit(0);
}

PLAN
{
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("exits-loading")
