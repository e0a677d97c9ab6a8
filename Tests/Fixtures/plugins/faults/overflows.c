/* Runs out of stack. */
#include "../fixture.h"

static __attribute__((noinline)) int descend(volatile char *above)
{
    volatile char here[4096];
    here[0] = *above;
    return above == NULL ? 0 : descend(here) + here[0];
}

PLAN
{
    witness("overflows");
    volatile char first = 0;
    return descend(&first) == 0 ? RAYP_OK : RAYP_FAILED;
}

FIXTURE("overflows")
