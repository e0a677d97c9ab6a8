/* Crashes before anybody has called it. */
#include "../fixture.h"

#include <sys/mman.h>

__attribute__((constructor)) static void load(void)
{
    witness("crashes-loading");
    volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *page = 1;
}

PLAN
{
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("crashes-loading")
