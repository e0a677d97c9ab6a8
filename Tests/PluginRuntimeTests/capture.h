/* The runtime in this process, with the frames that it emits. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "ray_runtime.h"
#include "tests.h"

typedef struct capture {
    frame_t frames[16];
    int count;
} capture_t;

/* A ray_emit_t; `context` is a capture. */
void capture_frame(void *context, const uint8_t *frame, size_t size);

/* The last frame, or an empty one. */
const frame_t *last_frame(const capture_t *capture);
void clear_capture(capture_t *capture);

/* Opens FOLDER/NAME with this payload, from memory of exactly its size. */
ray_runtime_t *open_runtime(capture_t *capture, const char *folder, const char *name, const bytes_t *payload);

/* Calls with this payload, likewise. Returns the result, valid until the next clear. */
const frame_t *call_runtime(ray_runtime_t *runtime, capture_t *capture, uint32_t call, const bytes_t *payload);

#endif
