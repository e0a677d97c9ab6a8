/* Ends its process by SIGABRT. */
#include "../fixture.h"

PLAN
{
    witness("aborts");
    abort();
}

FIXTURE("aborts")
