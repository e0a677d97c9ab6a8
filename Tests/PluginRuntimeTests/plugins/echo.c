/* Says back what it was given, and does the odd things that a host must bear. */
#include <ray/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const rayp_host_t *host;
static long thread;

static rayp_status_t answer(rayp_sink_t *out, const char *text)
{
    return host->write(out, text, strlen(text));
}

static rayp_status_t start(const rayp_host_t *table, void **self)
{
    host = table;
    thread = syscall(SYS_gettid);
    *self = &host;
    return RAYP_OK;
}

static void stop(void *self)
{
    const char *path = getenv("ECHO_STOPPED");
    if (path != NULL && self == &host && syscall(SYS_gettid) == thread) {
        fclose(fopen(path, "w"));
    }
}

static const char *shown(const rayp_view_t *view)
{
    return view->data[view->size] == 0 ? view->data : "no NUL at the end";
}

static rayp_status_t echo(const rayp_view_t *request, const rayp_view_t *name, const rayp_view_t *root, int64_t count,
    uint64_t size, int64_t force, rayp_sink_t *out, const rayp_op_t *op, void *self)
{
    char text[1024];
    snprintf(text, sizeof text, "%s|%s|%s|%lld|%llu|%lld|%d|%d", shown(request), shown(name), shown(root), (long long)count,
        (unsigned long long)size, (long long)force, op != NULL, self == &host && syscall(SYS_gettid) == thread);
    return answer(out, text);
}

static rayp_status_t twelve(rayp_sink_t *out, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f, int64_t g,
    int64_t h, int64_t i, int64_t j, int64_t k)
{
    char text[256];
    snprintf(text, sizeof text, "%lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld", (long long)a, (long long)b,
        (long long)c, (long long)d, (long long)e, (long long)f, (long long)g, (long long)h, (long long)i, (long long)j,
        (long long)k);
    return answer(out, text);
}

static rayp_status_t none(void)
{
    return RAYP_OK;
}

static rayp_status_t silent(rayp_sink_t *out)
{
    answer(out, "to be discarded");
    return RAYP_FAILED;
}

static rayp_status_t status(int64_t value)
{
    return (rayp_status_t)value;
}

static rayp_status_t twice(const rayp_op_t *op)
{
    host->fail(op, NULL, "first\xff reason", 13);
    host->fail(op, "network", "second reason", 13);
    return RAYP_OK;
}

static rayp_status_t fill(uint64_t size, rayp_sink_t *out)
{
    for (uint64_t i = 0; i < size; i++) {
        if (host->write(out, "x", 1) != RAYP_OK) {
            return host->write(out, "", 0) == RAYP_FAILED ? RAYP_CANCELLED : RAYP_OK;
        }
    }
    return host->write(out, NULL, 0);
}

static rayp_status_t quote(const rayp_view_t *bytes, const rayp_view_t *text, rayp_sink_t *out)
{
    rayp_status_t status = host->write_text(out, bytes->data, bytes->size);
    return status == RAYP_OK ? host->write_text(out, text->data, text->size) : status;
}

/* Texts that are none, and one that is longer than memory. */
static rayp_status_t misquote(rayp_sink_t *out)
{
    if (host->write_text(NULL, "x", 1) != RAYP_FAILED || host->write_text(out, NULL, 1) != RAYP_FAILED ||
        host->write_text(out, NULL, 0) != RAYP_OK) {
        return RAYP_CANCELLED;
    }
    return host->write_text(out, "x", UINT64_MAX);
}

static rayp_status_t remaining(rayp_sink_t *out, const rayp_op_t *op)
{
    char text[64];
    snprintf(text, sizeof text, "%lld %d", (long long)host->remaining_ms(op), (int)host->cancelled(op));
    return answer(out, text);
}

static rayp_status_t reports(const rayp_op_t *op)
{
    static char large[100000];
    memset(large, 'a', sizeof large);
    host->log(op, 99, "line\n", 5);
    host->log(op, RAYP_LOG_ERROR, NULL, 7);
    host->log(op, RAYP_LOG_DEBUG, large, sizeof large);
    host->log(NULL, RAYP_LOG_DEBUG, "nobody", 6);
    host->progress(op, 1, 0, "\xf0\x9f", 2);
    return RAYP_OK;
}

static const rayp_op_t *stale_op;
static rayp_sink_t *stale_sink;

static rayp_status_t keep(rayp_sink_t *out, const rayp_op_t *op)
{
    stale_op = op;
    stale_sink = out;
    return RAYP_OK;
}

/* Starts a program that outlives the call, with the descriptors that it inherits. */
static rayp_status_t spawn(void)
{
    return system("sleep 20 >/dev/null 2>&1 </dev/null &") == 0 ? RAYP_OK : RAYP_FAILED;
}

static rayp_status_t place(rayp_sink_t *out)
{
    int ends[2];
    char text[512];
    if (pipe(ends) != 0 || close(ends[0]) != 0 || write(ends[1], "x", 1) >= 0 || getcwd(text, sizeof text) == NULL) {
        return RAYP_FAILED;
    }
    close(ends[1]);
    return answer(out, text);
}

/* For the test that runs it in its own process: what a plugin must not do after a call. */
__attribute__((visibility("default"))) int echo_misuse(void);
int echo_misuse(void)
{
    host->log(stale_op, RAYP_LOG_INFO, "late", 4);
    host->progress(stale_op, 1, 2, "late", 4);
    host->fail(stale_op, "late", "late", 4);
    return host->write_text(stale_sink, "late", 4) == RAYP_FAILED ? host->write(stale_sink, "late", 4) : RAYP_OK;
}

static const rayp_operation_t operations[] = {
    {"echo", "request:json,name:text,root:path,count:i64,size:u64,force:bool,out:sink,op:op,self:self", (rayp_function_t)echo},
    {"twelve", "out:sink,a:i64,b:i64,c:i64,d:i64,e:i64,f:i64,g:i64,h:i64,i:i64,j:i64,k:i64", (rayp_function_t)twelve},
    {"none", "", (rayp_function_t)none},
    {"silent", "out:sink", (rayp_function_t)silent},
    {"status", "value:i64", (rayp_function_t)status},
    {"twice", "op:op", (rayp_function_t)twice},
    {"fill", "size:u64,out:sink", (rayp_function_t)fill},
    {"quote", "bytes:path,text:json,out:sink", (rayp_function_t)quote},
    {"misquote", "out:sink", (rayp_function_t)misquote},
    {"remaining", "out:sink,op:op", (rayp_function_t)remaining},
    {"reports", "op:op", (rayp_function_t)reports},
    {"keep", "out:sink,op:op", (rayp_function_t)keep},
    {"spawn", "", (rayp_function_t)spawn},
    {"place", "out:sink", (rayp_function_t)place},
};

static const rayp_plugin_t table = {
    .size = sizeof(rayp_plugin_t),
    .api_major = RAYP_API_MAJOR,
    .api_minor = RAYP_API_MINOR,
    .id = "echo",
    .version = "1.2.3",
    .operations = operations,
    .operation_count = sizeof operations / sizeof *operations,
    .operation_size = sizeof(rayp_operation_t),
    .start = start,
    .stop = stop,
};

__attribute__((visibility("default"))) const rayp_plugin_t *rayp_entry_v1(void)
{
    return &table;
}
