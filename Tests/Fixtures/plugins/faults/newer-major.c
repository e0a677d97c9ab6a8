/* Was built with a contract that is still to come. */
#define FIXTURE_MAJOR 2
#define FIXTURE_MINOR 0
#include "../fixture.h"

__attribute__((constructor)) static void load(void)
{
    witness("newer-major");
}

PLAN
{
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("newer-major")
