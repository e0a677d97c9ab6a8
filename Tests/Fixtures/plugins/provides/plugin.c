/* A provider that answers what a test has written. */
#include "../answers.h"

ANSWERS(configure)
ANSWERS(nodes)
ANSWERS(launch)
ANSWERS(find)
ANSWERS(access)
ANSWERS(stop)
ANSWERS(start)
ANSWERS(terminate)

#define OPERATION(NAME) {#NAME, FIXTURE_SIGNATURE, (rayp_function_t)answer_##NAME}

static const rayp_operation_t operations[] = {
    OPERATION(configure), OPERATION(nodes), OPERATION(launch), OPERATION(find), OPERATION(access),
    OPERATION(stop), OPERATION(start), OPERATION(terminate),
};

static const rayp_plugin_t table = {
    .size = sizeof(rayp_plugin_t),
    .api_major = RAYP_API_MAJOR,
    .api_minor = RAYP_API_MINOR,
    .id = "provides",
    .version = "1.0.0",
    .operations = operations,
    .operation_count = sizeof operations / sizeof *operations,
    .operation_size = sizeof(rayp_operation_t),
    .start = fixture_start,
};

__attribute__((visibility("default"))) const rayp_plugin_t *rayp_entry_v1(void)
{
    return &table;
}
