#include "capture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ray_frames.h"

void capture_frame(void *context, const uint8_t *frame, size_t size)
{
    capture_t *capture = context;
    if (capture->count == sizeof capture->frames / sizeof *capture->frames) {
        abort();
    }
    capture->frames[capture->count++] = decode(frame, size);
}

const frame_t *last_frame(const capture_t *capture)
{
    static const frame_t none;
    return capture->count == 0 ? &none : &capture->frames[capture->count - 1];
}

void clear_capture(capture_t *capture)
{
    while (capture->count > 0) {
        free_frame(&capture->frames[--capture->count]);
    }
}

static uint8_t *exact_copy(const bytes_t *bytes)
{
    uint8_t *copy = malloc(bytes->size == 0 ? 1 : bytes->size);
    memcpy(copy, bytes->data, bytes->size);
    return copy;
}

ray_runtime_t *open_runtime(capture_t *capture, const char *folder, const char *name, const bytes_t *payload)
{
    int library = open_library(folder, name);
    uint8_t *copy = exact_copy(payload);
    clear_capture(capture);
    ray_runtime_t *runtime = ray_runtime_open(library, copy, payload->size, capture_frame, capture);
    free(copy);
    close(library);
    return runtime;
}

const frame_t *call_runtime(ray_runtime_t *runtime, capture_t *capture, uint32_t call, const bytes_t *payload)
{
    uint8_t *copy = exact_copy(payload);
    clear_capture(capture);
    ray_runtime_call(runtime, call, copy, payload->size);
    free(copy);
    if (last_frame(capture)->kind != RAYF_RESULT || last_frame(capture)->call != call) {
        CHECK(!"a call ends with its result");
    }
    return last_frame(capture);
}
