/* The host's side of a call: what a plugin reaches through the table that `start` gave it. */
#include <stdlib.h>
#include <time.h>

#include "runtime.h"

int64_t ray_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void ray_emit_frame(ray_runtime_t *runtime, ray_writer_t *frame)
{
    ray_frame_end(frame);
    runtime->emit(runtime->context, frame->data, frame->size);
}

/* The slice of what a plugin passed, which may be anything, down to what will be kept of it. One
 * byte more than that is left, so that the cut still shows. */
static ray_slice_t text_of(const char *text, uint64_t size)
{
    if (text == NULL) {
        return (ray_slice_t){"", 0};
    }
    return (ray_slice_t){text, size > RAY_MOST_TEXT ? RAY_MOST_TEXT + 1 : (size_t)size};
}

/* Begins a frame of this call and holds the lock; false, and nothing held, when it is over. */
static bool begin_report(const rayp_op_t *op, ray_writer_t *frame, uint8_t kind)
{
    if (op == NULL) {
        return false;
    }
    pthread_mutex_lock(&op->runtime->lock);
    if (!op->active) {
        pthread_mutex_unlock(&op->runtime->lock);
        return false;
    }
    ray_frame_begin(frame, kind, atomic_load(&op->call));
    return true;
}

static void end_report(const rayp_op_t *op, ray_writer_t *frame)
{
    ray_emit_frame(op->runtime, frame);
    pthread_mutex_unlock(&op->runtime->lock);
    free(frame->data);
}

static void host_log(const rayp_op_t *op, rayp_log_level_t level, const char *text, uint64_t size)
{
    ray_writer_t frame = {0};
    if (!begin_report(op, &frame, RAYF_LOG)) {
        return;
    }
    ray_slice_t line = text_of(text, size);
    if (line.size > 0 && line.data[line.size - 1] == '\n') {
        line.size--;
    }
    bool known = level >= RAYP_LOG_DEBUG && level <= RAYP_LOG_ERROR;
    ray_write_u8(&frame, (uint8_t)(known ? level : RAYP_LOG_INFO));
    ray_write_text(&frame, line, RAY_MOST_TEXT);
    end_report(op, &frame);
}

static void host_progress(const rayp_op_t *op, uint64_t done, uint64_t total, const char *text, uint64_t size)
{
    ray_writer_t frame = {0};
    if (!begin_report(op, &frame, RAYF_PROGRESS)) {
        return;
    }
    ray_write_u64(&frame, done);
    ray_write_u64(&frame, total);
    ray_write_text(&frame, text_of(text, size), RAY_MOST_TEXT);
    end_report(op, &frame);
}

static int64_t host_remaining_ms(const rayp_op_t *op)
{
    int64_t left = op == NULL ? 0 : atomic_load(&op->deadline) - ray_now_ms();
    return left > 0 ? left : 0;
}

static int32_t host_cancelled(const rayp_op_t *op)
{
    if (op == NULL) {
        return 0;
    }
    const ray_runtime_t *runtime = op->runtime;
    return atomic_load(&runtime->cancelled_all) || atomic_load(&runtime->cancelled_call) == atomic_load(&op->call) ||
        host_remaining_ms(op) == 0;
}

void ray_fail(ray_runtime_t *runtime, const char *error_class, char *message)
{
    pthread_mutex_lock(&runtime->lock);
    if (runtime->op.active && runtime->op.message == NULL) {
        runtime->op.error_class = ray_format("%.*s", RAY_MOST_CLASS + 1, error_class == NULL ? "plugin" : error_class);
        runtime->op.message = message;
        message = NULL;
    }
    pthread_mutex_unlock(&runtime->lock);
    free(message);
}

_Thread_local ray_runtime_t *ray_starting;

static rayp_status_t host_fail(const rayp_op_t *op, const char *error_class, const char *message, uint64_t size)
{
    ray_runtime_t *runtime = op != NULL ? op->runtime : ray_starting;
    if (runtime != NULL) {
        ray_slice_t text = text_of(message, size);
        ray_fail(runtime, error_class, ray_format("%.*s", (int)text.size, text.data));
    }
    return RAYP_FAILED;
}

const rayp_host_t ray_host_table = {
    .size = sizeof(rayp_host_t),
    .api_major = RAYP_API_MAJOR,
    .api_minor = RAYP_API_MINOR,
    .log = host_log,
    .progress = host_progress,
    .cancelled = host_cancelled,
    .remaining_ms = host_remaining_ms,
    .write = ray_sink_write,
    .fail = host_fail,
    .write_text = ray_sink_write_text,
};
