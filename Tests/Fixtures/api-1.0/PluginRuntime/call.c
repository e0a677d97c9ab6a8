/* Executes calls. */
#include <stdlib.h>

#include "runtime.h"

/* The first fields of a RAYF_CALL. */
typedef struct request {
    ray_slice_t operation;
    uint64_t milliseconds;
    uint64_t largest_result;
} request_t;

/* A result must fit into a frame, whatever the host allows. */
static const uint64_t most_result = RAYF_MAX_FRAME - 1024;
/* As good as no deadline, and far from overflow. */
static const uint64_t most_milliseconds = INT64_MAX / 2;

static void begin_call(ray_runtime_t *runtime, uint32_t call, const request_t *request)
{
    uint64_t milliseconds = request->milliseconds < most_milliseconds ? request->milliseconds : most_milliseconds;
    ray_frame_begin(&runtime->sink.frame, RAYF_RESULT, call);
    ray_write_u32(&runtime->sink.frame, RAYP_FAILED);
    ray_write_u32(&runtime->sink.frame, 0);
    runtime->sink.limit = request->largest_result < most_result ? request->largest_result : most_result;
    runtime->sink.overflown = false;
    runtime->sink.active = true;
    pthread_mutex_lock(&runtime->lock);
    atomic_store(&runtime->op.call, call);
    atomic_store(&runtime->op.deadline, ray_now_ms() + (int64_t)milliseconds);
    runtime->op.active = true;
    pthread_mutex_unlock(&runtime->lock);
}

/* The status that the result has, given the one that the operation returned. An operation that
 * recorded a failure failed, even if it says that it did not. */
static rayp_status_t settle_status(const ray_runtime_t *runtime, rayp_status_t status)
{
    if (runtime->sink.overflown) {
        return RAYP_FAILED;
    }
    if (status == RAYP_CANCELLED) {
        return RAYP_CANCELLED;
    }
    return status == RAYP_OK && runtime->op.message == NULL ? RAYP_OK : RAYP_FAILED;
}

static void write_failure(ray_writer_t *frame, rayp_status_t status, const struct rayp_op *op)
{
    const char *error_class = op->message == NULL ? "" : op->error_class;
    const char *message = op->message == NULL ? "" : op->message;
    if (status == RAYP_FAILED && *message == 0) {
        error_class = *error_class == 0 ? "plugin" : error_class;
        message = "the operation failed without saying why";
    }
    ray_write_text(frame, ray_slice(error_class), RAY_MOST_CLASS);
    ray_write_text(frame, ray_slice(message), RAY_MOST_TEXT);
}

static void end_call(ray_runtime_t *runtime, rayp_status_t returned)
{
    struct rayp_op *op = &runtime->op;
    ray_writer_t *frame = &runtime->sink.frame;
    runtime->sink.active = false;
    pthread_mutex_lock(&runtime->lock);
    op->active = false;
    rayp_status_t status = settle_status(runtime, returned);
    if (status != RAYP_OK) {
        frame->size = RAY_RESULT_DATA;
    }
    ray_patch_u32(frame, RAY_RESULT_STATUS, (uint32_t)status);
    ray_patch_u32(frame, RAY_RESULT_SIZE, (uint32_t)(frame->size - RAY_RESULT_DATA));
    write_failure(frame, status, op);
    ray_emit_frame(runtime, frame);
    free(op->error_class);
    free(op->message);
    op->error_class = op->message = NULL;
    pthread_mutex_unlock(&runtime->lock);
    free(frame->data);
    *frame = (ray_writer_t){0};
}

static ray_operation_t *find_operation(ray_runtime_t *runtime, ray_slice_t name)
{
    for (size_t i = 0; i < runtime->operation_count; i++) {
        if (ray_slice_equal(ray_slice(runtime->operations[i].name), name)) {
            return &runtime->operations[i];
        }
    }
    return NULL;
}

static rayp_status_t invoke(ray_operation_t *operation, ray_binding_t *binding)
{
    void *values[RAYP_MAX_PARAMETERS];
    for (size_t i = 0; i < operation->signature.count; i++) {
        values[i] = &binding->slots[i];
    }
    /* libffi widens what is smaller than a register. */
    ffi_arg returned = RAYP_FAILED;
    ffi_call(&operation->cif, operation->function, &returned, values);
    return (rayp_status_t)returned;
}

void ray_runtime_call(ray_runtime_t *runtime, uint32_t call, const uint8_t *payload, size_t size)
{
    ray_reader_t reader = {payload, size, false};
    request_t request = {0};
    request.operation = ray_read_bytes(&reader);
    request.milliseconds = ray_read_u64(&reader);
    request.largest_result = ray_read_u64(&reader);
    begin_call(runtime, call, &request);

    rayp_status_t status = RAYP_FAILED;
    ray_operation_t *operation = find_operation(runtime, request.operation);
    if (reader.failed) {
        ray_fail(runtime, "internal", ray_format("the call is malformed: it ends too early"));
    } else if (operation == NULL) {
        ray_fail(runtime, "plugin", ray_format("the plugin has no operation %.*s", RAY_SLICE(request.operation)));
    } else {
        ray_binding_t binding = {0};
        if (ray_bind(runtime, operation, &reader, &binding)) {
            status = invoke(operation, &binding);
        }
        ray_binding_release(&binding);
    }
    end_call(runtime, status);
}

void ray_runtime_cancel(ray_runtime_t *runtime, uint32_t call)
{
    atomic_store(&runtime->cancelled_call, call);
}

void ray_runtime_cancel_all(ray_runtime_t *runtime)
{
    atomic_store(&runtime->cancelled_all, true);
}
