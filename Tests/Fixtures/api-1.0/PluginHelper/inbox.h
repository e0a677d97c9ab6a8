/* The frames that the reader has read and the main thread has not yet handled. */
#ifndef RAY_HELPER_INBOX_H
#define RAY_HELPER_INBOX_H

#include <pthread.h>
#include <stdbool.h>

#include "conversation.h"

typedef struct inbox {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    frame_t *first;
    frame_t **last;
    bool ended;
} inbox_t;

/* Makes an inbox ready for use; it stays where it is. */
void inbox_init(inbox_t *inbox);

/* Adds a frame, which the inbox then owns. [the reader's thread] */
void inbox_put(inbox_t *inbox, frame_t *frame);

/* Says that no one is interested any more, also not in what waits. [the reader's thread] */
void inbox_end(inbox_t *inbox);

/* Waits for the next frame. Returns it, owned by the caller, or NULL after inbox_end.
 * [the main thread] */
frame_t *inbox_take(inbox_t *inbox);

#endif
