/* Frees the same memory twice. Volatile, or the compiler leaves both out. */
#include "../fixture.h"

PLAN
{
    witness("frees-twice");
    void *volatile memory = malloc(100);
    void *volatile again = memory;
    free(memory);
    free(again);
    return RAYP_OK;
}

FIXTURE("frees-twice")
