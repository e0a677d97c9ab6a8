/* Fails the way it should be done. */
#include "../fixture.h"

PLAN
{
    witness("failing");
    static const char message[] = "the index at https://example.org/simple does not answer";
    return fixture_host->fail(op, "network", message, sizeof message - 1);
}

FIXTURE("failing")
