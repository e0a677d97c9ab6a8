/* What the files of the runtime share: the opened plugin and the call under way. */
#ifndef RAY_RUNTIME_PRIVATE_H
#define RAY_RUNTIME_PRIVATE_H

#include <ffi.h>
#include <pthread.h>
#include <ray/plugin.h>
#include <stdatomic.h>

#include "fields.h"
#include "ray_frames.h"
#include "ray_runtime.h"
#include "signature.h"

/* Where longer texts of a plugin are cut, in bytes. */
enum { RAY_MOST_TEXT = 64 << 10, RAY_MOST_CLASS = 64 };

/* The beginning of a RAYF_RESULT frame: length, kind and call, then status, then the length of the
 * result. The sink writes right behind it, so that a result is never copied again. */
enum { RAY_RESULT_STATUS = 9, RAY_RESULT_SIZE = 13, RAY_RESULT_DATA = 17 };

/* The call under way, behind the pointer that operations get as `op`. It lives as long as the
 * runtime, so that a plugin which uses it too late is ignored rather than undefined. */
struct rayp_op {
    ray_runtime_t *runtime;
    _Atomic uint32_t call;
    /* CLOCK_MONOTONIC in milliseconds. */
    _Atomic int64_t deadline;
    /* The rest belongs to the runtime's lock. */
    bool active;
    char *error_class;
    char *message;
};

/* The result under way, behind the pointer that operations get as a sink. Only the plugin's thread
 * touches it. */
struct rayp_sink {
    ray_runtime_t *runtime;
    bool active;
    bool overflown;
    uint64_t limit;
    ray_writer_t frame;
};

/* An operation that was described, found and prepared. `cif` points into `types`: it stays where
 * it is. */
typedef struct ray_operation {
    const char *name;
    rayp_function_t function;
    ray_signature_t signature;
    ffi_cif cif;
    ffi_type *types[RAYP_MAX_PARAMETERS];
} ray_operation_t;

struct ray_runtime {
    const rayp_plugin_t *table;
    /* What its `start` gets. */
    const rayp_host_t *host;
    void *self;
    ray_operation_t *operations;
    size_t operation_count;

    /* Held while a frame is emitted. */
    pthread_mutex_t lock;
    ray_emit_t emit;
    void *context;

    struct rayp_op op;
    struct rayp_sink sink;
    /* The number of the call that should end, and whether all should. No call has NO_CALL. */
    _Atomic uint64_t cancelled_call;
    atomic_bool cancelled_all;
};

#define RAY_NO_CALL UINT64_MAX

/* The arguments of one call, in the slots of its parameters. All zero is an empty one. */
typedef struct ray_binding {
    union {
        int64_t i64;
        uint64_t u64;
        const void *pointer;
    } slots[RAYP_MAX_PARAMETERS];
    rayp_view_t views[RAYP_MAX_PARAMETERS];
    char *copies[RAYP_MAX_PARAMETERS];
    bool bound[RAYP_MAX_PARAMETERS];
} ray_binding_t;

/* The table that plugins get. */
extern const rayp_host_t ray_host_table;

/* ray_runtime_open for a plugin that gets another table, which stays valid until the runtime is
 * closed: that of an older or a newer host. */
ray_runtime_t *ray_runtime_open_with(
    const rayp_host_t *host, int library, const uint8_t *payload, size_t size, ray_emit_t emit, void *context);

/* Ends a frame and emits it. [the lock is held, or no other thread knows the runtime] */
void ray_emit_frame(ray_runtime_t *runtime, ray_writer_t *frame);

/* CLOCK_MONOTONIC in milliseconds. */
int64_t ray_now_ms(void);

/* `write` and `write_text` of that table. */
rayp_status_t ray_sink_write(rayp_sink_t *sink, const void *data, uint64_t size);
rayp_status_t ray_sink_write_text(rayp_sink_t *sink, const char *data, uint64_t size);

/* The runtime whose plugin's `start` runs on this thread, or NULL: there is no call that it could
 * name. */
extern _Thread_local ray_runtime_t *ray_starting;

/* Records why the call under way fails, unless that is known. `message` is freed here. */
void ray_fail(ray_runtime_t *runtime, const char *error_class, char *message);

/* Fills the slots of `operation` from the arguments that `reader` stands before, up to its end.
 * Returns false when it cannot, after ray_fail. The binding needs ray_binding_release either way
 * and must not move in between. */
bool ray_bind(ray_runtime_t *runtime, const ray_operation_t *operation, ray_reader_t *reader, ray_binding_t *binding);
void ray_binding_release(ray_binding_t *binding);

/* Finds and prepares the operations that `reader` describes, up to its end. Returns NULL, or why
 * the plugin cannot be used, which the caller frees. */
char *ray_match_operations(ray_runtime_t *runtime, ray_reader_t *reader);

#endif
