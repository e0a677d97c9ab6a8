/* Ends as a Swift program does that meets a failed precondition. */
#include "../fixture.h"

PLAN
{
    witness("traps");
    fputs("Fatal error: Index out of range\n", stderr);
    __builtin_trap();
}

FIXTURE("traps")
