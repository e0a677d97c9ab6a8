#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ray_frames.h"

double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static _Noreturn void become_helper(const char *program, int socket, int library, int output)
{
    /* Above 4 first, so that neither of the two overwrites the other. */
    socket = fcntl(socket, F_DUPFD, 10);
    library = fcntl(library, F_DUPFD, 10);
    dup2(output, 1);
    dup2(socket, RAYF_SOCKET_FD);
    dup2(library, RAYF_LIBRARY_FD);
    close(socket);
    close(library);
    execl(program, program, (char *)NULL);
    _exit(127);
}

helper_t start_helper(const char *program, const char *folder, const char *name)
{
    int ends[2], output[2];
    int library = open_library(folder, name);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 || pipe2(output, O_CLOEXEC) != 0) {
        abort();
    }
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 20}, sizeof(struct timeval));
    pid_t process = fork();
    if (process == 0) {
        become_helper(program, ends[1], library, output[1]);
    }
    close(ends[1]);
    close(output[1]);
    close(library);
    return (helper_t){.process = process, .socket = ends[0], .output = output[0]};
}

void send_all(const helper_t *helper, const void *data, size_t size)
{
    const uint8_t *next = data;
    while (size > 0) {
        ssize_t count = send(helper->socket, next, size, MSG_NOSIGNAL);
        if (count < 0) {
            return;
        }
        next += count;
        size -= (size_t)count;
    }
}

void send_frame(const helper_t *helper, uint8_t kind, uint32_t call, const bytes_t *content)
{
    size_t size = content == NULL ? 0 : content->size;
    bytes_t *frame = calloc(1, sizeof *frame);
    put_integer(frame, 5 + size, 4);
    put_integer(frame, kind, 1);
    put_integer(frame, call, 4);
    put(frame, content == NULL ? NULL : content->data, size);
    send_all(helper, frame->data, frame->size);
    free(frame);
}

static void keep_printed(helper_t *helper, const char *data, size_t size)
{
    size_t kept = strlen(helper->printed), room = sizeof helper->printed - 1 - kept;
    memcpy(helper->printed + kept, data, size < room ? size : room);
}

bool receive(helper_t *helper, uint8_t *data, size_t size, size_t *printed)
{
    while (size > 0) {
        struct pollfd ready[2] = {{helper->socket, POLLIN, 0}, {helper->output, POLLIN, 0}};
        if (poll(ready, helper->output < 0 ? 1 : 2, 20000) <= 0) {
            return false;
        }
        if (ready[1].revents != 0 && helper->output >= 0) {
            char block[65536];
            ssize_t count = read(helper->output, block, sizeof block);
            if (count <= 0) {
                close(helper->output);
                helper->output = -1;
            } else {
                keep_printed(helper, block, (size_t)count);
                *(printed == NULL ? &(size_t){0} : printed) += (size_t)count;
            }
        }
        if (ready[0].revents != 0) {
            ssize_t count = read(helper->socket, data, size);
            if (count <= 0) {
                return false;
            }
            data += count;
            size -= (size_t)count;
        }
    }
    return true;
}

void receive_printed(helper_t *helper)
{
    struct pollfd ready = {helper->output, POLLIN, 0};
    char block[4096];
    ssize_t count = 1;
    while (count > 0 && poll(&ready, 1, 20000) > 0) {
        count = read(helper->output, block, sizeof block);
        keep_printed(helper, block, count < 0 ? 0 : (size_t)count);
    }
}

uint8_t *next_bytes(helper_t *helper, size_t *size, size_t *printed)
{
    uint8_t head[4];
    if (!receive(helper, head, 4, printed)) {
        return NULL;
    }
    *size = 4 + (head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24);
    uint8_t *whole = malloc(*size);
    memcpy(whole, head, 4);
    if (!receive(helper, whole + 4, *size - 4, printed)) {
        free(whole);
        return NULL;
    }
    return whole;
}

frame_t next_frame(helper_t *helper, size_t *printed)
{
    size_t size;
    uint8_t *whole = next_bytes(helper, &size, printed);
    frame_t frame = whole == NULL ? (frame_t){0} : decode(whole, size);
    free(whole);
    return frame;
}

void check_end(helper_t *helper)
{
    frame_t frame = next_frame(helper, NULL);
    CHECK(frame.kind == 0);
    free_frame(&frame);
}

int end_helper(helper_t *helper)
{
    int status = -1;
    double limit = now() + 15;
    while (waitpid(helper->process, &status, WNOHANG) == 0) {
        if (now() > limit) {
            kill(helper->process, SIGKILL);
            waitpid(helper->process, NULL, 0);
            status = -1;
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    close(helper->socket);
    if (helper->output >= 0) {
        close(helper->output);
    }
    return status;
}

void check_exit(helper_t *helper, int code)
{
    int status = end_helper(helper);
    CHECK(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == code);
}
