/* Its table ends with the version, and so does the memory behind it. */
#define FIXTURE_SIZE (16)
#include "../fixture.h"

#include <sys/mman.h>

PLAN
{
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE_TABLE("small-table", FIXTURE_SIGNATURE, fixture_start)

/* The last bytes of a page before one that may not be read. */
FIXTURE_ENTRY
{
    witness("small-table");
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages + 4096, 4096, PROT_NONE);
    size_t size = FIXTURE_SIZE < sizeof fixture_table ? FIXTURE_SIZE : sizeof fixture_table;
    return memcpy(pages + 4096 - FIXTURE_SIZE, &fixture_table, size);
}
