/* A described call in this process, beside a direct call of the same operation. */
#include <dlfcn.h>
#include <ray/plugin.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"
#include "ray_frames.h"
#include "ray_runtime.h"

enum { BATCHES = 201, CALLS = 2000, HEAD = 9 };

static uint64_t emitted;

static void count_frame(void *context, const uint8_t *frame, size_t size)
{
    (void)context;
    emitted += size + frame[4];
}

/* The direct call writes its result too. */
static uint8_t written[8192];

static rayp_status_t write_directly(rayp_sink_t *sink, const void *data, uint64_t size)
{
    (void)sink;
    memcpy(written, data, size);
    return RAYP_OK;
}

static double median_of_calls(void (*call)(void *context), void *context)
{
    double samples[BATCHES];
    for (int batch = 0; batch < BATCHES; batch++) {
        int64_t began = now();
        for (int i = 0; i < CALLS; i++) {
            call(context);
        }
        samples[batch] = (double)(now() - began) / CALLS;
    }
    return quantile(samples, BATCHES, 0.5);
}

typedef struct described {
    ray_runtime_t *runtime;
    ray_writer_t frame;
    uint32_t number;
} described_t;

static void call_described(void *context)
{
    described_t *call = context;
    ray_runtime_call(call->runtime, ++call->number, call->frame.data + HEAD, call->frame.size - HEAD);
}

static rayp_status_t (*add)(int64_t, int64_t);
static rayp_status_t (*echo)(const rayp_view_t *, rayp_sink_t *, const rayp_op_t *);

static void add_directly(void *context)
{
    emitted += (uint64_t)add(*(int64_t *)context, 2);
}

static void echo_directly(void *context)
{
    emitted += (uint64_t)echo(context, NULL, NULL);
}

static const rayp_plugin_t *load_table(const char *library)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    const rayp_plugin_t *(*entry)(void) = NULL;
    void *symbol = handle == NULL ? NULL : dlsym(handle, "rayp_entry_v1");
    memcpy(&entry, &symbol, sizeof entry);
    if (entry == NULL) {
        give_up(dlerror());
    }
    return entry();
}

static void print(const char *operation, double described, double direct)
{
    char what[128];
    snprintf(what, sizeof what, "described call of %s, in process", operation);
    print_figure(what, described, "ns", "");
    print_figure("    beside a direct call", described - direct, "ns", "250 ns");
}

void measure_described_calls(const char *library)
{
    static char request[4096];
    memset(request, ' ', sizeof request);
    rayp_view_t small = {"{}", 2}, large = {request, sizeof request - 1};
    const rayp_plugin_t *table = load_table(library);
    memcpy(&add, &table->operations[0].function, sizeof add);
    memcpy(&echo, &table->operations[1].function, sizeof echo);
    rayp_host_t host = {.size = sizeof host, .api_major = RAYP_API_MAJOR, .write = write_directly};
    void *self = NULL;
    table->start(&host, &self);
    double direct_add = median_of_calls(add_directly, &(int64_t){40});
    double direct_small = median_of_calls(echo_directly, &small);
    double direct_large = median_of_calls(echo_directly, &large);

    described_t call = {0};
    make_open(&call.frame, "measured", "1.0.0", measured_operations, 3);
    int descriptor = open_library(library);
    call.runtime = ray_runtime_open(descriptor, call.frame.data + HEAD, call.frame.size - HEAD, count_frame, NULL);
    close(descriptor);
    if (call.runtime == NULL) {
        give_up("the measured plugin was refused");
    }
    make_call(&call.frame, "add", 2);
    add_argument(&call.frame, "a", &(int64_t){40}, 8);
    add_argument(&call.frame, "b", &(int64_t){2}, 8);
    print("two integers", median_of_calls(call_described, &call), direct_add);
    make_call(&call.frame, "echo", 1);
    add_argument(&call.frame, "request", small.data, small.size);
    print("a document of 2 bytes, in and out", median_of_calls(call_described, &call), direct_small);
    make_call(&call.frame, "echo", 1);
    add_argument(&call.frame, "request", large.data, large.size);
    double described = median_of_calls(call_described, &call);
    print_figure("described call of 4 KiB in and out, in process", described, "ns", "");
    print_figure("    beside a direct call", described - direct_large, "ns", "");
    ray_runtime_close(call.runtime);
}
