/* What the fixture plugins share. Each defines a function `plan` and ends with FIXTURE(id). */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <fcntl.h>
#include <ray/plugin.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXTURE_SIGNATURE "request:json,out:sink,op:op"

/* The head of `plan`, for those that need not all of its parameters. */
#define PLAN                                                                                      \
    static rayp_status_t plan(__attribute__((unused)) const rayp_view_t *request,                 \
        __attribute__((unused)) rayp_sink_t *out, __attribute__((unused)) const rayp_op_t *op)

/* An answer of `plan` that builds nothing. */
#define FIXTURE_EMPTY_PLAN                                                                        \
    "{\"diagnostics\": [], \"files\": [], \"components\": {}, \"inputs\": [], \"steps\": [], "    \
    "\"activation\": {}, \"verify\": \"true\", \"notes\": []}"

/* Set by `start`, before any operation. */
static const rayp_host_t *fixture_host;

/* Tells the test that a fault is about to happen, or that a plan is made: one byte more in the file ID of FAULT_WITNESS. */
static inline void witness(const char *id)
{
    char path[4096];
    const char *folder = getenv("FAULT_WITNESS");
    snprintf(path, sizeof path, "%s/%s", folder == NULL ? "/nowhere" : folder, id);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file >= 0) {
        if (write(file, "x", 1) != 1) {
            abort();
        }
        close(file);
    }
}

static inline rayp_status_t fixture_start(const rayp_host_t *host, void **self)
{
    fixture_host = host;
    *self = NULL;
    return RAYP_OK;
}

static inline rayp_status_t fixture_answer(rayp_sink_t *out, const char *text)
{
    return fixture_host->write(out, text, strlen(text));
}

static inline rayp_status_t fixture_check(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)request;
    (void)op;
    return fixture_answer(out, "{\"diagnostics\": [], \"files\": []}");
}

/* What a fixture may have otherwise than others. */
#ifndef FIXTURE_SIZE
#define FIXTURE_SIZE sizeof(rayp_plugin_t)
#endif
#ifndef FIXTURE_MAJOR
#define FIXTURE_MAJOR RAYP_API_MAJOR
#endif
#ifndef FIXTURE_MINOR
#define FIXTURE_MINOR RAYP_API_MINOR
#endif
#ifndef FIXTURE_STOP
#define FIXTURE_STOP NULL
#endif

/* The table alone, of an array `fixture_operations`, with a start. */
#define FIXTURE_ROWS(ID, ...)                                                                     \
    static const rayp_plugin_t fixture_table = {                                                  \
        .size = FIXTURE_SIZE,                                                                     \
        .api_major = FIXTURE_MAJOR,                                                               \
        .api_minor = FIXTURE_MINOR,                                                               \
        .id = ID,                                                                                 \
        .version = "1.0.0",                                                                       \
        .operations = fixture_operations,                                                         \
        .operation_count = sizeof fixture_operations / sizeof *fixture_operations,                \
        .operation_size = sizeof(rayp_operation_t),                                               \
        .start = __VA_ARGS__,                                                                     \
        .stop = FIXTURE_STOP,                                                                     \
    };

/* The table alone, with PLAN_SIGNATURE as the signature of `plan`, and a start. */
#define FIXTURE_TABLE(ID, PLAN_SIGNATURE, ...)                                                    \
    static const rayp_operation_t fixture_operations[] = {                                        \
        {"check", FIXTURE_SIGNATURE, (rayp_function_t)fixture_check},                             \
        {"plan", PLAN_SIGNATURE, (rayp_function_t)plan},                                          \
    };                                                                                            \
    FIXTURE_ROWS(ID, __VA_ARGS__)

#define FIXTURE_ENTRY __attribute__((visibility("default"))) const rayp_plugin_t *rayp_entry_v1(void)

/* The table and the exported function. */
#define FIXTURE_STARTED(ID, PLAN_SIGNATURE, START)                                                \
    FIXTURE_TABLE(ID, PLAN_SIGNATURE, START)                                                      \
    FIXTURE_ENTRY { return &fixture_table; }

#define FIXTURE_SIGNED(ID, PLAN_SIGNATURE) FIXTURE_STARTED(ID, PLAN_SIGNATURE, fixture_start)

#define FIXTURE(ID) FIXTURE_SIGNED(ID, FIXTURE_SIGNATURE)

/* The table of an array `fixture_operations`, and the exported function. */
#define FIXTURE_WITH_OPERATIONS(ID)                                                               \
    FIXTURE_ROWS(ID, fixture_start)                                                               \
    FIXTURE_ENTRY { return &fixture_table; }

#endif
