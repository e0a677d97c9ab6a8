/* Floods its standard output and then answers as if nothing had been. */
#include "../fixture.h"

PLAN
{
    witness("prints");
    for (int i = 0; i < 200000; i++) {
        puts("This is not for the host: it is 50 bytes of noise.");
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("prints")
