/* Keeps ten descriptors and a MiB of each call, until there are no more. */
#include "../fixture.h"

#include <sys/resource.h>

PLAN
{
    witness("leaks");
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){64, 64});
    memset(malloc(1 << 20), 1, 1 << 20);
    for (int i = 0; i < 10; i++) {
        if (dup(0) < 0) {
            static const char message[] = "there are no more descriptors";
            return fixture_host->fail(op, "plugin", message, sizeof message - 1);
        }
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("leaks")
