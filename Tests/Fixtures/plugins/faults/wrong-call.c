/* Answers, past the host's table, a call that nobody made. */
#include "../fixture.h"

/* A whole result of a call, as the host would get it from the runtime. */
static void reply(uint32_t call)
{
    static const char text[] = "{\"forged\": true}";
    uint32_t size = sizeof text - 1, length = 5 + 4 + 4 + size + 4 + 4;
    char frame[64] = {0};
    memcpy(frame, &length, 4);
    frame[4] = 20;
    memcpy(frame + 5, &call, 4);
    memcpy(frame + 13, &size, 4);
    memcpy(frame + 17, text, size);
    if (write(3, frame, length + 4) < 0) {
        abort();
    }
}

PLAN
{
    witness("wrong-call");
    reply(4711);
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("wrong-call")
