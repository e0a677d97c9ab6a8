/* Neither JSON nor UTF-8. */
#include "../fixture.h"

PLAN
{
    witness("garbage");
    return fixture_answer(out, "this is {not JSON, \xff\xfe and not \xc0\xaf UTF-8");
}

FIXTURE("garbage")
