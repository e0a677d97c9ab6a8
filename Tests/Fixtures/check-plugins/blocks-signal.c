/* Changes the signal mask, a handler and a variable while it is loaded. */
#include "../plugins/fixture.h"
#include <signal.h>
#include <stdlib.h>

__attribute__((constructor)) static void load(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGCHLD, SIG_IGN);
    setenv("PATH", "/nowhere", 1);
}

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("blocks-signal")
