/* Opens a library and decides whether it can be used. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime.h"

/* What every version of the table begins with, and all of it in 1.0. */
enum {
    TABLE_HEAD = offsetof(rayp_plugin_t, api_minor) + sizeof(uint32_t),
    TABLE_SIZE_1_0 = offsetof(rayp_plugin_t, query) + sizeof(void *),
    ROW_SIZE_1_0 = offsetof(rayp_operation_t, function) + sizeof(rayp_function_t),
};

/* glibc knows a library by the name it was opened with as well as by its inode. The descriptor is
 * therefore duplicated and kept: a second plugin behind a reused number would be taken for the
 * first. */
static char *open_library(int library, void **handle)
{
    int kept = fcntl(library, F_DUPFD_CLOEXEC, 0);
    if (kept < 0) {
        return ray_format("the library cannot be opened: %s", strerror(errno));
    }
    char *path = ray_format("/proc/self/fd/%d", kept);
    *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    char *reason = NULL;
    if (*handle == NULL) {
        const char *text = dlerror();
        text = text == NULL ? "dlopen failed" : text;
        size_t prefix = strlen(path);
        bool named = strncmp(text, path, prefix) == 0 && strncmp(text + prefix, ": ", 2) == 0;
        reason = ray_format("the library cannot be opened: %s", named ? text + prefix + 2 : text);
        close(kept);
    }
    free(path);
    return reason;
}

static char *load_table(int library, const rayp_plugin_t **table)
{
    void *handle = NULL;
    char *reason = open_library(library, &handle);
    if (reason != NULL) {
        return reason;
    }
    /* C has no conversion from the object pointer of dlsym to a function. */
    const rayp_plugin_t *(*entry)(void) = NULL;
    void *symbol = dlsym(handle, "rayp_entry_v1");
    memcpy(&entry, &symbol, sizeof entry);
    if (entry == NULL) {
        return ray_format("the library does not export rayp_entry_v1");
    }
    *table = entry();
    return *table == NULL ? ray_format("rayp_entry_v1 returned no table") : NULL;
}

static char *check_table(const rayp_plugin_t *table)
{
    if (table->size < TABLE_HEAD) {
        return ray_format("its table is %" PRIu64 " bytes long, too short to state a version", table->size);
    }
    if (table->api_major != RAYP_API_MAJOR) {
        return ray_format("it was built for API %" PRIu32 ".%" PRIu32 "; this ray serves %d.x", table->api_major,
            table->api_minor, RAYP_API_MAJOR);
    }
    if (table->size < TABLE_SIZE_1_0) {
        return ray_format("its table is %" PRIu64 " bytes long; that of API 1.0 has %d", table->size,
            (int)TABLE_SIZE_1_0);
    }
    if (table->operation_count > 0 && table->operations == NULL) {
        return ray_format("its table counts %" PRIu64 " operations and has none", table->operation_count);
    }
    if (table->operation_size < ROW_SIZE_1_0 || table->operation_size % sizeof(void *) != 0) {
        return ray_format("its operation_size is %" PRIu64 "; that of API 1.0 is %d", table->operation_size,
            (int)ROW_SIZE_1_0);
    }
    return NULL;
}

static char *check_word(const char *what, const char *compiled, ray_slice_t described)
{
    if (compiled == NULL) {
        return ray_format("the library states no %s", what);
    }
    if (!ray_slice_equal(ray_slice(compiled), described)) {
        return ray_format("its %s is %.*s in plugin.yaml, %.*s in the library", what, RAY_SLICE(described),
            RAY_SLICE(ray_slice(compiled)));
    }
    return NULL;
}

static char *start(ray_runtime_t *runtime)
{
    if (runtime->table->start == NULL) {
        return NULL;
    }
    /* What it says goes where the words of operations go; there is none yet. */
    struct rayp_op *op = &runtime->op;
    op->active = true;
    ray_starting = runtime;
    rayp_status_t status = runtime->table->start(runtime->host, &runtime->self);
    ray_starting = NULL;
    op->active = false;
    char *reason = status == RAYP_OK ? NULL
        : op->message == NULL        ? ray_format("its start failed with status %" PRId32, status)
                                     : ray_format("its start failed: %s", op->message);
    free(op->error_class);
    free(op->message);
    op->error_class = op->message = NULL;
    return reason;
}

/* All that lies between a descriptor and a started plugin. Returns why it failed, or NULL. */
static char *prepare(ray_runtime_t *runtime, int library, ray_reader_t *reader)
{
    ray_slice_t id = ray_read_bytes(reader);
    ray_slice_t version = ray_read_bytes(reader);
    if (reader->failed) {
        return ray_format("the request to open it is malformed: it ends too early");
    }
    char *reason = load_table(library, &runtime->table);
    if (reason == NULL) {
        reason = check_table(runtime->table);
    }
    if (reason == NULL) {
        reason = check_word("id", runtime->table->id, id);
    }
    if (reason == NULL) {
        reason = check_word("version", runtime->table->version, version);
    }
    if (reason == NULL) {
        reason = ray_match_operations(runtime, reader);
    }
    return reason != NULL ? reason : start(runtime);
}

static void release(ray_runtime_t *runtime)
{
    pthread_mutex_destroy(&runtime->lock);
    free(runtime->operations);
    free(runtime);
}

static ray_runtime_t *create(const rayp_host_t *host, ray_emit_t emit, void *context)
{
    ray_runtime_t *runtime = calloc(1, sizeof *runtime);
    if (runtime == NULL) {
        abort();
    }
    pthread_mutex_init(&runtime->lock, NULL);
    runtime->host = host;
    runtime->emit = emit;
    runtime->context = context;
    runtime->op.runtime = runtime;
    runtime->sink.runtime = runtime;
    atomic_init(&runtime->cancelled_call, RAY_NO_CALL);
    return runtime;
}

ray_runtime_t *ray_runtime_open_with(
    const rayp_host_t *host, int library, const uint8_t *payload, size_t size, ray_emit_t emit, void *context)
{
    ray_runtime_t *runtime = create(host, emit, context);
    ray_reader_t reader = {payload, size, false};
    ray_writer_t frame = {0};
    char *reason = prepare(runtime, library, &reader);
    if (reason == NULL) {
        ray_frame_begin(&frame, RAYF_READY, 0);
        ray_write_u32(&frame, runtime->table->api_major);
        ray_write_u32(&frame, runtime->table->api_minor);
        ray_emit_frame(runtime, &frame);
    } else {
        ray_frame_begin(&frame, RAYF_REFUSED, 0);
        ray_write_text(&frame, ray_slice(reason), RAY_MOST_TEXT);
        ray_emit_frame(runtime, &frame);
        release(runtime);
        runtime = NULL;
    }
    free(reason);
    free(frame.data);
    return runtime;
}

ray_runtime_t *ray_runtime_open(int library, const uint8_t *payload, size_t size, ray_emit_t emit, void *context)
{
    return ray_runtime_open_with(&ray_host_table, library, payload, size, emit, context);
}

void ray_runtime_close(ray_runtime_t *runtime)
{
    if (runtime == NULL) {
        return;
    }
    if (runtime->table->stop != NULL) {
        runtime->table->stop(runtime->self);
    }
    release(runtime);
}
