/* Exports a function of the same name as shares-one does, and calls its own. */
#include "../fixture.h"

__attribute__((visibility("default"))) int shared_name(void)
{
    return 2;
}

PLAN
{
    witness("shares-two");
    char text[64];
    snprintf(text, sizeof text, "{\"steps\": [], \"components\": {\"shared\": \"%d\"}}", shared_name());
    return fixture_answer(out, text);
}

FIXTURE("shares-two")
