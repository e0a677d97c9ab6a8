/* What the providers here share. Each defines `launch`, `find` and `end`, and ends with PROVIDER(id). */
#ifndef PROVIDER_H
#define PROVIDER_H

#include "../plugins/fixture.h"

#define PROVIDER_NODE(ID) "{\"nodes\": [{\"id\": \"" ID "\", \"kind\": \"head\", \"state\": \"running\"}]}"

/* An operation NAME that does what BODY says. */
#define OPERATION(NAME, BODY)                                                                     \
    static rayp_status_t NAME(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)  \
    {                                                                                             \
        (void)request;                                                                            \
        (void)op;                                                                                 \
        BODY                                                                                      \
    }

OPERATION(configure, return fixture_answer(out, "{\"diagnostics\": [], \"files\": [], \"config\": {}}");)
OPERATION(nodes, return fixture_answer(out, "{\"nodes\": []}");)
OPERATION(reach, return fixture_answer(out, "{\"access\": {}}");)

#define ROW(NAME, FUNCTION) {NAME, FIXTURE_SIGNATURE, (rayp_function_t)FUNCTION}

#define PROVIDER(ID)                                                                              \
    static const rayp_operation_t provider_operations[] = {                                       \
        ROW("configure", configure), ROW("nodes", nodes), ROW("launch", launch), ROW("find", find),                \
        ROW("stop", end), ROW("start", end), ROW("terminate", end), ROW("access", reach),                            \
    };                                                                                            \
    static const rayp_plugin_t provider_table = {                                                 \
        .size = sizeof(rayp_plugin_t),                                                            \
        .api_major = RAYP_API_MAJOR,                                                              \
        .api_minor = RAYP_API_MINOR,                                                              \
        .id = ID,                                                                                 \
        .version = "1.0.0",                                                                       \
        .operations = provider_operations,                                                        \
        .operation_count = sizeof provider_operations / sizeof *provider_operations,              \
        .operation_size = sizeof(rayp_operation_t),                                               \
        .start = fixture_start,                                                                   \
    };                                                                                            \
    __attribute__((visibility("default"))) const rayp_plugin_t *rayp_entry_v1(void)               \
    {                                                                                             \
        (void)fixture_check;                                                                      \
        return &provider_table;                                                                   \
    }

#endif
