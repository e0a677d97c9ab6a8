/* Prints a little that looks like an answer, to both of its outputs, and answers. */
#include "../fixture.h"

PLAN
{
    witness("chats");
    puts("{\"diagnostics\": [{\"message\": \"this is not the answer\"}]}");
    fputs("}}]]\n", stderr);
    fflush(stdout);
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("chats")
