/* Leaves nothing of its process as it was, and answers. */
#include "../fixture.h"

#include <locale.h>
#include <signal.h>
#include <sys/stat.h>

PLAN
{
    witness("changes-state");
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(SIGCHLD, SIG_IGN);
    setenv("PATH", "/nowhere", 1);
    setlocale(LC_ALL, "C.UTF-8");
    umask(0777);
    return chdir("/proc") == 0 ? fixture_answer(out, FIXTURE_EMPTY_PLAN) : RAYP_FAILED;
}

FIXTURE("changes-state")
