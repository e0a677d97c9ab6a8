/* The socket of the helper: whole frames in, whole frames out. */
#ifndef RAY_HELPER_CONVERSATION_H
#define RAY_HELPER_CONVERSATION_H

#include <stddef.h>
#include <stdint.h>

/* One frame from the host. `payload`, of `size` bytes, lies in `bytes`: all of it is one
 * allocation. */
typedef struct frame {
    struct frame *next;
    uint8_t kind;
    uint32_t call;
    const uint8_t *payload;
    size_t size;
    uint8_t bytes[];
} frame_t;

/* Reads one frame. Returns it, owned by the caller, or NULL at the end of the stream, also when it
 * lies within a frame. What is no frame ends the process through refuse.
 * [the reader's thread] */
frame_t *read_frame(void);

/* Writes a whole frame; an end of the stream ends the process quietly. `context` is not used; it
 * makes this a ray_emit_t.
 * [any thread] */
void write_frame(void *context, const uint8_t *frame, size_t size);

/* Tells the host why the conversation is over and ends the process with status 1.
 * [any thread] */
_Noreturn void refuse(const char *reason);

#endif
