/* Exports what another version of the contract may call its function. */
#include "../fixture.h"

PLAN
{
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE_TABLE("no-entry", FIXTURE_SIGNATURE, fixture_start)

__attribute__((visibility("default"))) const rayp_plugin_t *rayp_entry_v2(void)
{
    return &fixture_table;
}
