/* Uses what none of the libraries has that it needs. */
/* link: -Wl,-z,undefs */
#include "../fixture.h"

int undefined_one(void);
int undefined_two(void);

PLAN
{
    witness("undefined");
    return undefined_one() + undefined_two();
}

FIXTURE("undefined")
