/* What it returns as its table is text. */
#include "../fixture.h"

FIXTURE_ENTRY
{
    witness("wrong-table");
    static const char text[256] = "This is no table, this is the story of one.";
    static rayp_plugin_t table;
    memcpy(&table, text, sizeof table);
    return &table;
}
