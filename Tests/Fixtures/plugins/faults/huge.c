/* Writes 10 GiB, whatever the host says to it. */
#include "../fixture.h"

PLAN
{
    witness("huge");
    char block[4096];
    memset(block, ' ', sizeof block);
    for (uint64_t written = 0; written < 10ull << 30; written += sizeof block) {
        fixture_host->write(out, block, sizeof block);
    }
    return RAYP_OK;
}

FIXTURE("huge")
