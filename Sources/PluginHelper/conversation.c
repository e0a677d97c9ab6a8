#include "conversation.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "process.h"
#include "ray_frames.h"

/* Length, kind and call. */
enum { HEAD = 9 };

static uint32_t load_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void store_u32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

/* Returns 1, or 0 at the end of the stream. A host that is gone resets it. */
static int read_fully(void *data, size_t size)
{
    uint8_t *next = data;
    while (size > 0) {
        ssize_t count = read(RAYF_SOCKET_FD, next, size);
        if (count > 0) {
            next += count;
            size -= (size_t)count;
        } else if (count == 0 || errno != EINTR) {
            return 0;
        }
    }
    return 1;
}

frame_t *read_frame(void)
{
    uint8_t head[4];
    if (!read_fully(head, sizeof head)) {
        return NULL;
    }
    uint32_t length = load_u32(head);
    if (length < HEAD - 4 || length > RAYF_MAX_FRAME) {
        refuse("the host sent a frame of an impossible length");
    }
    frame_t *frame = malloc(sizeof *frame + length);
    if (frame == NULL) {
        refuse("there is no memory for a frame of the host");
    }
    if (!read_fully(frame->bytes, length)) {
        free(frame);
        return NULL;
    }
    frame->next = NULL;
    frame->kind = frame->bytes[0];
    frame->call = load_u32(frame->bytes + 1);
    frame->payload = frame->bytes + HEAD - 4;
    frame->size = length - (HEAD - 4);
    return frame;
}

void write_frame(void *context, const uint8_t *frame, size_t size)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    (void)context;
    pthread_mutex_lock(&lock);
    while (size > 0) {
        ssize_t count = send(RAYF_SOCKET_FD, frame, size, MSG_NOSIGNAL);
        if (count >= 0) {
            frame += count;
            size -= (size_t)count;
        } else if (errno != EINTR) {
            end_group(0);
        }
    }
    pthread_mutex_unlock(&lock);
}

_Noreturn void refuse(const char *reason)
{
    uint8_t frame[256];
    size_t size = strnlen(reason, sizeof frame - HEAD - 4);
    store_u32(frame, (uint32_t)(HEAD - 4 + 4 + size));
    frame[4] = RAYF_REFUSED;
    store_u32(frame + 5, 0);
    store_u32(frame + HEAD, (uint32_t)size);
    memcpy(frame + HEAD + 4, reason, size);
    write_frame(NULL, frame, HEAD + 4 + size);
    _exit(1);
}
