/* The plugin that the fuzzers open and call: it touches all that it is given. */
#include <ray/plugin.h>
#include <stddef.h>

static const rayp_host_t *host;

static rayp_status_t start(const rayp_host_t *table, void **self)
{
    host = table;
    *self = &host;
    return RAYP_OK;
}

static rayp_status_t whole(rayp_sink_t *out, const rayp_view_t *view)
{
    return view->data[view->size] == 0 ? host->write(out, view->data, view->size) : RAYP_FAILED;
}

static rayp_status_t all(const rayp_view_t *request, const rayp_view_t *name, const rayp_view_t *root, int64_t count,
    uint64_t size, int64_t force, rayp_sink_t *out, const rayp_op_t *op, void *self)
{
    host->progress(op, (uint64_t)count, size, name->data, name->size);
    if (force != 0 && force != 1) {
        __builtin_trap();
    }
    if (self != &host) {
        __builtin_trap();
    }
    return whole(out, request) == RAYP_OK && whole(out, name) == RAYP_OK ? whole(out, root) : RAYP_FAILED;
}

static rayp_status_t quote(const rayp_view_t *bytes, rayp_sink_t *out)
{
    return host->write_text(out, bytes->data, bytes->size);
}

static rayp_status_t report(const rayp_view_t *bytes, int64_t level, const rayp_op_t *op)
{
    host->log(op, (rayp_log_level_t)level, bytes->data, bytes->size);
    return host->cancelled(op) ? RAYP_CANCELLED : host->fail(op, bytes->data, bytes->data, bytes->size);
}

static rayp_status_t status(int64_t value)
{
    return (rayp_status_t)value;
}

static const rayp_operation_t operations[] = {
    {"all", "request:json,name:text,root:path,count:i64,size:u64,force:bool,out:sink,op:op,self:self", (rayp_function_t)all},
    {"quote", "bytes:path,out:sink", (rayp_function_t)quote},
    {"report", "bytes:path,level:i64,op:op", (rayp_function_t)report},
    {"status", "value:i64", (rayp_function_t)status},
    {"odd", "a:i64,b", (rayp_function_t)status},
};

static const rayp_plugin_t table = {
    .size = sizeof(rayp_plugin_t),
    .api_major = RAYP_API_MAJOR,
    .api_minor = RAYP_API_MINOR,
    .id = "fuzzed",
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
