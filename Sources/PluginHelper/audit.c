#include "audit.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The host's table and the opened plugin are the runtime's own matter; only this file and no other
 * plays a host of another age. */
#include "../PluginRuntime/runtime.h"
#include "conversation.h"
#include "probe.h"
#include "snapshot.h"

enum { MOST_SAMPLES = 4096, FEWEST_SAMPLES = 100, SEGMENTS = 8, LEAK = 16 };

typedef struct sample {
    size_t memory, descriptors, threads;
} sample_t;

typedef struct samples {
    sample_t all[MOST_SAMPLES];
    size_t count;
} samples_t;

struct audit {
    snapshot_t *first;
    snapshot_t *last;
    /* Of the operation that was called last, for as long as no other is called. */
    samples_t calls;
    char operation[64];
    bool leaks;
    bool probes;
};

/* What a RAYF_EXAMINE says before that which a RAYF_OPEN says. */
typedef struct orders {
    uint32_t rounds, table_size, minor, probe;
} orders_t;

void audit_tell(const char *code, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ray_writer_t frame = {0};
    ray_frame_begin(&frame, RAYF_FINDING, 0);
    ray_write_text(&frame, ray_slice(code), RAY_MOST_CLASS);
    ray_write_text(&frame, ray_slice(text), RAY_MOST_TEXT);
    ray_frame_end(&frame);
    write_frame(NULL, frame.data, frame.size);
    free(frame.data);
}

/* Tells what changed since the last time. */
static void watch(audit_t *audit, const char *who)
{
    /* What was printed leaves the buffers while it is still clear who printed it. */
    fflush(NULL);
    snapshot_t *now = snapshot_take();
    snapshot_compare(audit->last, now, who);
    if (audit->last != audit->first) {
        snapshot_free(audit->last);
    }
    audit->last = now;
}

static void sample(samples_t *samples)
{
    snapshot_t *now = snapshot_take();
    if (samples->count < MOST_SAMPLES) {
        samples->all[samples->count++] =
            (sample_t){snapshot_memory(now), snapshot_descriptor_count(now), snapshot_thread_count(now)};
    }
    snapshot_free(now);
}

static size_t value(const sample_t *at, size_t offset)
{
    size_t value;
    memcpy(&value, (const char *)at + offset, sizeof value);
    return value;
}

/* How many of the samples are more than all before them, or less than all after them: whichever is
 * more, since now and then a sample is far off for something that is soon given back. */
static size_t rises(const sample_t *samples, size_t count, size_t offset)
{
    size_t most = value(samples, offset), least = value(samples + count - 1, offset), above = 0, below = 0;
    for (size_t i = 1; i < count; i++) {
        size_t next = value(samples + i, offset), former = value(samples + count - 1 - i, offset);
        above += next > most;
        below += former < least;
        most = next > most ? next : most;
        least = former < least ? former : least;
    }
    return above > below ? above : below;
}

/* What one round adds: the least that a round added on average in any of the segments. What is cached
 * grows at first, and later in steps, of which every segment may have one when the rounds are few; a
 * leak goes on in all of them, and in at least every fourth round. */
static size_t growth(const samples_t *samples, size_t offset)
{
    size_t start = samples->count / 4, length = (samples->count - start) / SEGMENTS, least = SIZE_MAX;
    for (size_t i = 0; i < SEGMENTS; i++, start += length) {
        const sample_t *segment = &samples->all[start];
        size_t from = value(segment, offset), to = value(segment + length - 1, offset);
        size_t grown = to > from && rises(segment, length, offset) >= length / 4 ? to - from : 0;
        least = grown < least ? grown : least;
    }
    return (least + length / 2) / (length - 1);
}

/* Tells what grew; returns whether anything did. */
static bool tell_growth(const samples_t *samples, const char *what)
{
    if (samples->count < FEWEST_SAMPLES) {
        return false;
    }
    size_t memory = growth(samples, offsetof(sample_t, memory));
    bool descriptors = growth(samples, offsetof(sample_t, descriptors)) > 0;
    bool threads = growth(samples, offsetof(sample_t, threads)) > 0;
    if (descriptors) {
        audit_tell("audit-descriptor", "%s leaves a descriptor open every time", what);
    }
    if (threads) {
        audit_tell("audit-thread", "%s leaves a thread running every time", what);
    }
    if (memory >= LEAK && !threads) {
        audit_tell("audit-memory", "%s keeps about %zu bytes of memory every time", what, memory);
    }
    return descriptors || threads;
}

/* Loads the library as the runtime does, which then finds it loaded. */
static const rayp_plugin_t *load(audit_t *audit)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", RAYF_LIBRARY_FD);
    audit_tell("stage", "loading it");
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    watch(audit, "loading it");
    snapshot_compare_left(audit->first, audit->last, "loading it");
    const rayp_plugin_t *(*entry)(void) = NULL;
    void *symbol = handle == NULL ? NULL : dlsym(handle, "rayp_entry_v1");
    memcpy(&entry, &symbol, sizeof entry);
    if (entry == NULL) {
        return NULL;
    }
    audit_tell("stage", "rayp_entry_v1");
    const rayp_plugin_t *table = entry();
    if (entry() != table) {
        audit_tell("entry-changes", "rayp_entry_v1 returns another table when it is called again");
    }
    watch(audit, "rayp_entry_v1");
    return table;
}

/* Starts and stops the plugin again and again, as long as that is quick. */
static void repeat_start(const rayp_plugin_t *table, uint32_t rounds)
{
    static samples_t samples;
    audit_tell("stage", "starting and stopping it again");
    int64_t end = ray_now_ms() + 500;
    uint32_t i;
    for (i = 0; i < rounds && ray_now_ms() < end; i++) {
        void *self = NULL;
        if (table->start != NULL && table->start(&ray_host_table, &self) != RAYP_OK) {
            return;
        }
        if (table->stop != NULL) {
            table->stop(self);
        }
        sample(&samples);
        if (samples.all[samples.count - 1].threads > samples.all[0].threads + 200) {
            break;
        }
    }
    audit_tell("rounds", "%u", (unsigned)i);
    tell_growth(&samples, "a start with the stop that follows");
}

static void unknown_function(void)
{
    audit_tell("negotiation-newer", "it called a function of the host that no version known to it has");
    _exit(1);
}

/* The table of a host of another age: of that size, right before memory that cannot be read, and with
 * functions at its end that no plugin of today knows. */
static const rayp_host_t *other_host(const orders_t *orders)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t size = orders->table_size;
    if (size < offsetof(rayp_host_t, log) || size > page || size % sizeof(void *) != 0) {
        refuse("the host asked for a table of an impossible size");
    }
    char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory + page, page, PROT_NONE) != 0) {
        refuse("there is no memory for a table");
    }
    void *table = memory + page - size;
    void (*unknown)(void) = unknown_function;
    for (size_t offset = 0; offset < size; offset += sizeof unknown) {
        memcpy((char *)table + offset, &unknown, sizeof unknown);
    }
    rayp_host_t head = ray_host_table;
    head.size = size;
    head.api_minor = orders->minor;
    memcpy(table, &head, size < sizeof head ? size : sizeof head);
    return table;
}

static void ask_for_unknown_interfaces(ray_runtime_t *runtime)
{
    const char *const ids[] = {"example.org/unknown/1", "ray/builder/1 and more", ""};
    for (size_t i = 0; i < sizeof ids / sizeof *ids && runtime->table->query != NULL; i++) {
        if (runtime->table->query(runtime->self, ids[i]) != NULL) {
            audit_tell("negotiation-query", "its query answers for the interface `%s`, which there is not", ids[i]);
            return;
        }
    }
}

ray_runtime_t *audit_open(audit_t **made, const uint8_t *payload, size_t size)
{
    audit_t *audit = calloc(1, sizeof *audit);
    if (audit == NULL) {
        refuse("there is no memory to examine the plugin");
    }
    *made = audit;
    ray_reader_t reader = {payload, size, false};
    orders_t orders = {0};
    orders.rounds = ray_read_u32(&reader);
    orders.table_size = ray_read_u32(&reader);
    orders.minor = ray_read_u32(&reader);
    orders.probe = ray_read_u32(&reader);
    audit->probes = orders.probe != 0;
    audit->first = audit->last = snapshot_take();
    const rayp_plugin_t *table = load(audit);
    bool whole = table != NULL && table->size >= offsetof(rayp_plugin_t, query) + sizeof(void *);
    if (whole && orders.rounds > 0) {
        repeat_start(table, orders.rounds);
    }
    const rayp_host_t *host = orders.probe != 0 ? probe_host()
        : orders.table_size == 0                ? &ray_host_table
                                                : other_host(&orders);
    audit_tell("stage", "its start");
    ray_runtime_t *runtime = ray_runtime_open_with(host, RAYF_LIBRARY_FD, reader.next, reader.left, write_frame, NULL);
    watch(audit, "its start");
    if (runtime != NULL) {
        audit_tell("stage", "its query");
        ask_for_unknown_interfaces(runtime);
        watch(audit, "its query");
    }
    return runtime;
}

static void end_series(audit_t *audit)
{
    audit->leaks = tell_growth(&audit->calls, audit->operation) || audit->leaks;
    audit->calls.count = 0;
}

bool audit_probe(const audit_t *audit, ray_runtime_t *runtime, uint32_t call, const uint8_t *payload, size_t size)
{
    if (audit == NULL || !audit->probes) {
        return false;
    }
    probe_call(runtime, payload, size);
    ray_writer_t frame = {0};
    ray_frame_begin(&frame, RAYF_RESULT, call);
    ray_write_u32(&frame, RAYP_OK);
    for (int i = 0; i < 3; i++) {
        ray_write_text(&frame, ray_slice(""), RAY_MOST_TEXT);
    }
    ray_emit_frame(runtime, &frame);
    free(frame.data);
    return true;
}

void audit_call(audit_t *audit, const uint8_t *payload, size_t size)
{
    if (audit == NULL) {
        return;
    }
    ray_reader_t reader = {payload, size, false};
    ray_slice_t operation = ray_read_bytes(&reader);
    char who[sizeof audit->operation];
    snprintf(who, sizeof who, "`%.*s`", operation.size > 40 ? 40 : (int)operation.size, operation.data);
    if (strcmp(who, audit->operation) != 0) {
        end_series(audit);
        memcpy(audit->operation, who, sizeof who);
    }
    watch(audit, who);
    sample(&audit->calls);
}

void audit_stop(audit_t *audit)
{
    if (audit == NULL) {
        return;
    }
    watch(audit, "its stop");
    end_series(audit);
    if (!audit->leaks) {
        snapshot_compare_left(audit->first, audit->last, "its stop");
    }
}
