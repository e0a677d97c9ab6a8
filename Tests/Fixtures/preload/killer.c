/* Preloaded into `ray`: ends it with SIGKILL right after the nth fdatasync, which is to say right
 * after the nth record of its journal is on disk. RAY_TEST_KILL_AT is n. */
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int calls;
static int kill_at;

/* What `ray` starts is not to be ended by this. */
__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("RAY_TEST_KILL_AT");
    kill_at = number == NULL ? 0 : atoi(number);
    unsetenv("LD_PRELOAD");
    unsetenv("RAY_TEST_KILL_AT");
}

int fdatasync(int descriptor)
{
    int result = (int)syscall(SYS_fdatasync, descriptor);
    if (atomic_fetch_add(&calls, 1) + 1 == kill_at) {
        kill(getpid(), SIGKILL);
    }
    return result;
}
