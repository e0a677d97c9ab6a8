/* Neither SIGTERM nor a cancel ends it; only SIGKILL does. */
/* deadline: 2 */
#include "../fixture.h"

#include <signal.h>

PLAN
{
    witness("hangs");
    signal(SIGTERM, SIG_IGN);
    while (pause() != 0) {
    }
    return RAYP_OK;
}

FIXTURE("hangs")
