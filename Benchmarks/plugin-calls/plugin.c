/* The plugin whose calls are measured: operations that do nothing but what a call costs. */
#include <ray/plugin.h>
#include <signal.h>
#include <string.h>

static const rayp_host_t *host;

static rayp_status_t start(const rayp_host_t *table, void **self)
{
    (void)self;
    host = table;
    return RAYP_OK;
}

static rayp_status_t add(int64_t a, int64_t b)
{
    return a + b == 42 ? RAYP_OK : RAYP_FAILED;
}

static rayp_status_t echo(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    return host->write(out, request->data, request->size);
}

static rayp_status_t crash(void)
{
    return (rayp_status_t)raise(SIGSEGV);
}

static const rayp_operation_t operations[] = {
    {"add", "a:i64,b:i64", (rayp_function_t)add},
    {"echo", "request:json,out:sink,op:op", (rayp_function_t)echo},
    {"crash", "", (rayp_function_t)crash},
    /* What the host asks of a plugin of its kind. */
    {"check", "request:json,out:sink,op:op", (rayp_function_t)echo},
    {"plan", "request:json,out:sink,op:op", (rayp_function_t)echo},
};

static const rayp_plugin_t table = {
    .size = sizeof(rayp_plugin_t),
    .api_major = RAYP_API_MAJOR,
    .api_minor = RAYP_API_MINOR,
    .id = "measured",
    .version = "1.0.0",
    .operations = operations,
    .operation_count = sizeof operations / sizeof *operations,
    .operation_size = sizeof(rayp_operation_t),
    .start = start,
};

__attribute__((visibility("default"))) const rayp_plugin_t *rayp_entry_v1(void)
{
    return &table;
}
