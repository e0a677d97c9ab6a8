/* Ends, and leaves a child that keeps its socket open. */
#include "../fixture.h"

#include <signal.h>

/* Keeps all descriptors, the socket to ray among them, and cannot be asked to end. */
static void fork_child(void)
{
    if (fork() == 0) {
        signal(SIGTERM, SIG_IGN);
        witness("forks-child");
        while (pause() != 0) {
        }
    }
}

PLAN
{
    witness("forks");
    fork_child();
    usleep(20000);
    _exit(0);
}

FIXTURE("forks")
