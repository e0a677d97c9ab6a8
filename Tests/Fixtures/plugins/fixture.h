/* What the fixture plugins share. Each defines a function `plan` and ends with FIXTURE(id). */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <ray/plugin.h>
#include <stddef.h>
#include <string.h>

#define FIXTURE_SIGNATURE "request:json,out:sink,op:op"

/* An answer of `plan` that builds nothing. */
#define FIXTURE_EMPTY_PLAN                                                                        \
    "{\"diagnostics\": [], \"files\": [], \"components\": {}, \"inputs\": [], \"steps\": [], "    \
    "\"activation\": {}, \"verify\": \"true\", \"notes\": []}"

/* Set by `start`, before any operation. */
static const rayp_host_t *fixture_host;

static rayp_status_t fixture_start(const rayp_host_t *host, void **self)
{
    fixture_host = host;
    *self = NULL;
    return RAYP_OK;
}

static rayp_status_t fixture_answer(rayp_sink_t *out, const char *text)
{
    return fixture_host->write(out, text, strlen(text));
}

static inline rayp_status_t fixture_check(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return fixture_answer(out, "{\"diagnostics\": [], \"files\": []}");
}

/* The table and the exported function, with PLAN_SIGNATURE as the signature of `plan`, and START. */
#define FIXTURE_STARTED(ID, PLAN_SIGNATURE, START)                                                \
    static const rayp_operation_t fixture_operations[] = {                                        \
        {"check", FIXTURE_SIGNATURE, (rayp_function_t)fixture_check},                             \
        {"plan", PLAN_SIGNATURE, (rayp_function_t)plan},                                          \
    };                                                                                            \
    static const rayp_plugin_t fixture_table = {                                                  \
        .size = sizeof(rayp_plugin_t),                                                            \
        .api_major = RAYP_API_MAJOR,                                                              \
        .api_minor = RAYP_API_MINOR,                                                              \
        .id = ID,                                                                                 \
        .version = "1.0.0",                                                                       \
        .operations = fixture_operations,                                                         \
        .operation_count = sizeof fixture_operations / sizeof *fixture_operations,                \
        .operation_size = sizeof(rayp_operation_t),                                               \
        .start = START,                                                                           \
    };                                                                                            \
    __attribute__((visibility("default"))) const rayp_plugin_t *rayp_entry_v1(void)               \
    {                                                                                             \
        return &fixture_table;                                                                    \
    }

#define FIXTURE_SIGNED(ID, PLAN_SIGNATURE) FIXTURE_STARTED(ID, PLAN_SIGNATURE, fixture_start)

#define FIXTURE(ID) FIXTURE_SIGNED(ID, FIXTURE_SIGNATURE)

#endif
