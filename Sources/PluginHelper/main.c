/* ray-plugin-helper: runs one plugin for a host, which speaks ray_frames.h on descriptor 3 and
 * passes the library on descriptor 4.
 *
 * The main thread runs all code of the plugin. A second thread reads, so that a cancel reaches a
 * call under way and so that the end of the host ends a plugin that hangs. */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "conversation.h"
#include "inbox.h"
#include "process.h"
#include "ray_frames.h"
#include "ray_runtime.h"

/* What the two threads share. A cancel may arrive before the plugin is open. */
typedef struct helper {
    inbox_t inbox;
    pthread_mutex_t lock;
    ray_runtime_t *runtime;
    /* NULL unless the plugin is examined. */
    audit_t *audit;
    bool cancel_waits;
    uint32_t cancel_call;
} helper_t;

static void set_runtime(helper_t *helper, ray_runtime_t *runtime)
{
    pthread_mutex_lock(&helper->lock);
    helper->runtime = runtime;
    if (runtime != NULL && helper->cancel_waits) {
        ray_runtime_cancel(runtime, helper->cancel_call);
    }
    pthread_mutex_unlock(&helper->lock);
}

static void cancel(helper_t *helper, uint32_t call)
{
    pthread_mutex_lock(&helper->lock);
    if (helper->runtime != NULL) {
        ray_runtime_cancel(helper->runtime, call);
    } else {
        helper->cancel_waits = true;
        helper->cancel_call = call;
    }
    pthread_mutex_unlock(&helper->lock);
}

static void cancel_all(helper_t *helper)
{
    pthread_mutex_lock(&helper->lock);
    if (helper->runtime != NULL) {
        ray_runtime_cancel_all(helper->runtime);
    }
    pthread_mutex_unlock(&helper->lock);
}

static void receive(helper_t *helper, frame_t *frame)
{
    switch (frame->kind) {
    case RAYF_OPEN:
    case RAYF_EXAMINE:
    case RAYF_CALL:
    case RAYF_CLOSE: inbox_put(&helper->inbox, frame); break;
    case RAYF_CANCEL:
        cancel(helper, frame->call);
        free(frame);
        break;
    default: refuse("the host sent a frame of an unknown kind");
    }
}

/* The reader's thread: reads until the host is gone, then gives the plugin a second to notice. */
static void *read_frames(void *context)
{
    helper_t *helper = context;
    frame_t *frame;
    while ((frame = read_frame()) != NULL) {
        receive(helper, frame);
    }
    inbox_end(&helper->inbox);
    cancel_all(helper);
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    end_group(1);
}

/* All signals are for the main thread, where the plugin expects them. */
static void start_reader(helper_t *helper)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t reader;
    int error = pthread_create(&reader, NULL, read_frames, helper);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        refuse("the helper cannot start a thread");
    }
    pthread_detach(reader);
}

static void open_plugin(helper_t *helper, const frame_t *frame)
{
    ray_runtime_t *runtime = frame->kind == RAYF_EXAMINE
        ? audit_open(&helper->audit, frame->payload, frame->size)
        : ray_runtime_open(RAYF_LIBRARY_FD, frame->payload, frame->size, write_frame, NULL);
    if (runtime == NULL) {
        fflush(NULL);
        _exit(1);
    }
    set_runtime(helper, runtime);
}

/* Handles one frame. Returns false when it was the last one. */
static bool handle(helper_t *helper, const frame_t *frame)
{
    if (frame->kind == RAYF_CLOSE) {
        return false;
    }
    bool opens = frame->kind == RAYF_OPEN || frame->kind == RAYF_EXAMINE;
    if (opens != (helper->runtime == NULL)) {
        refuse(opens ? "the host opened the plugin twice" : "the host called before it opened the plugin");
    }
    if (opens) {
        open_plugin(helper, frame);
    } else if (!audit_probe(helper->audit, helper->runtime, frame->call, frame->payload, frame->size)) {
        ray_runtime_call(helper->runtime, frame->call, frame->payload, frame->size);
        audit_call(helper->audit, frame->payload, frame->size);
    }
    return true;
}

int main(void)
{
    prepare_process();
    helper_t helper = {.lock = PTHREAD_MUTEX_INITIALIZER};
    inbox_init(&helper.inbox);
    start_reader(&helper);

    bool more = true;
    frame_t *frame;
    while (more && (frame = inbox_take(&helper.inbox)) != NULL) {
        more = handle(&helper, frame);
        free(frame);
    }

    ray_runtime_t *runtime = helper.runtime;
    set_runtime(&helper, NULL);
    ray_runtime_close(runtime);
    audit_stop(helper.audit);
    /* Not exit: destructors of a library whose threads may still run are no place to be. */
    fflush(NULL);
    if (more) {
        end_group(0);
    }
    _exit(0);
}
