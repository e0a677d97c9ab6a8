/* Waits for a child that nothing but SIGKILL ends. */
#include "../fixture.h"

#include <signal.h>

/* Keeps all descriptors, the socket to ray among them, and cannot be asked to end. */
static void fork_child(void)
{
    if (fork() == 0) {
        signal(SIGTERM, SIG_IGN);
        witness("forks-hangs-child");
        while (pause() != 0) {
        }
    }
}

PLAN
{
    witness("forks-hangs");
    fork_child();
    signal(SIGTERM, SIG_IGN);
    while (pause() != 0) {
    }
    return RAYP_OK;
}

FIXTURE("forks-hangs")
