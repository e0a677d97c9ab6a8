/* Writes to a page that may not be touched: unlike the null page, it faults everywhere. */
#include "../fixture.h"

#include <sys/mman.h>

PLAN
{
    witness("segfaults");
    volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *page = 1;
    return RAYP_OK;
}

FIXTURE("segfaults")
