#include "inbox.h"

void inbox_init(inbox_t *inbox)
{
    pthread_mutex_init(&inbox->lock, NULL);
    pthread_cond_init(&inbox->changed, NULL);
    inbox->first = NULL;
    inbox->last = &inbox->first;
    inbox->ended = false;
}

void inbox_put(inbox_t *inbox, frame_t *frame)
{
    pthread_mutex_lock(&inbox->lock);
    *inbox->last = frame;
    inbox->last = &frame->next;
    pthread_cond_signal(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
}

void inbox_end(inbox_t *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->ended = true;
    pthread_cond_signal(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
}

frame_t *inbox_take(inbox_t *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    while (inbox->first == NULL && !inbox->ended) {
        pthread_cond_wait(&inbox->changed, &inbox->lock);
    }
    frame_t *frame = inbox->ended ? NULL : inbox->first;
    if (frame != NULL) {
        inbox->first = frame->next;
        if (inbox->first == NULL) {
            inbox->last = &inbox->first;
        }
    }
    pthread_mutex_unlock(&inbox->lock);
    return frame;
}
