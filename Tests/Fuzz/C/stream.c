/* All that a host may send to a helper: any bytes on its socket. */
#include <setjmp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../../Sources/PluginHelper/conversation.h"
#include "judge.h"
#include "ray_frames.h"
#include "ray_runtime.h"

enum { MOST_FRAMES = 64 };

static jmp_buf end_of_process;

/* In place of _exit in conversation.c. */
_Noreturn void end_conversation(int status);
_Noreturn void end_conversation(int status)
{
    (void)status;
    longjmp(end_of_process, 1);
}

/* An input is short enough for the socket to take it at once. */
static int socket_with(const uint8_t *data, size_t size)
{
    int ends[2];
    demand(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    demand(size == 0 || send(ends[0], data, size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size);
    shutdown(ends[0], SHUT_WR);
    demand(dup2(ends[1], RAYF_SOCKET_FD) == RAYF_SOCKET_FD);
    close(ends[1]);
    return ends[0];
}

/* What the helper does with a frame, in one thread. Returns false at the last one. */
static int handle(const frame_t *frame, ray_runtime_t **runtime, judge_t *judge)
{
    switch (frame->kind) {
    case RAYF_OPEN:
        if (*runtime != NULL) {
            return 0;
        }
        *runtime = ray_runtime_open(fuzzed_library(), frame->payload, frame->size, judge_frame, judge);
        demand(judge->counts[RAYF_READY] + judge->counts[RAYF_REFUSED] == 1);
        return *runtime != NULL;
    case RAYF_CALL:
        if (*runtime == NULL) {
            return 0;
        }
        ray_runtime_call(*runtime, frame->call, frame->payload, frame->size);
        return 1;
    case RAYF_CANCEL:
        if (*runtime != NULL) {
            ray_runtime_cancel(*runtime, frame->call);
        }
        return 1;
    default: return 0;
    }
}

static void converse(ray_runtime_t **runtime, judge_t *judge)
{
    unsigned calls = 0;
    int more = 1;
    for (int i = 0; more && i < MOST_FRAMES; i++) {
        frame_t *frame = read_frame();
        if (frame == NULL) {
            break;
        }
        calls += *runtime != NULL && frame->kind == RAYF_CALL;
        more = handle(frame, runtime, judge);
        free(frame);
        demand(judge->counts[RAYF_RESULT] == calls);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int host = socket_with(data, size);
    /* Static, for what longjmp leaves of them. */
    static ray_runtime_t *runtime;
    static judge_t judge;
    runtime = NULL;
    judge = (judge_t){0};
    if (setjmp(end_of_process) == 0) {
        converse(&runtime, &judge);
    }
    ray_runtime_close(runtime);
    close(host);
    return 0;
}

/* Takes the number of the socket before anything else has it. */
int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    demand(dup2(STDERR_FILENO, RAYF_SOCKET_FD) == RAYF_SOCKET_FD);
    return 0;
}
