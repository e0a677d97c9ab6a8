/* Changes working directory, umask, locale and a limit in a call. */
#include "../plugins/fixture.h"
#include <locale.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    if (chdir("/tmp") != 0) {
        return RAYP_FAILED;
    }
    umask(0);
    setlocale(LC_ALL, "C.UTF-8");
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){256, 256});
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("changes-directory")
