/* Leaves a file in the home folder when it plans. */
#include "../plugins/fixture.h"
#include <stdio.h>
#include <stdlib.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    char path[4096];
    snprintf(path, sizeof path, "%s/plan.txt", getenv("HOME"));
    FILE *file = fopen(path, "we");
    if (file != NULL) {
        fputs("planned\n", file);
        fclose(file);
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("writes-into-home")
