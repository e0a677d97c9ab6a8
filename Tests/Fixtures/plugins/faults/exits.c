/* Looks like success to a host that only asks for the exit status. */
#include "../fixture.h"

PLAN
{
    witness("exits");
    exit(0);
}

FIXTURE("exits")
