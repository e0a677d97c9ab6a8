/* Writes to a page that may not be touched: unlike the null page, it faults everywhere. */
#include "../fixture.h"

#include <sys/mman.h>

static rayp_status_t plan(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)out;
    (void)op;
    volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *page = 1;
    return RAYP_OK;
}

FIXTURE("segfaults")
