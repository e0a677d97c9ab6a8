/* Calls through the helper, its start and its end. */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "ray_frames.h"

enum { CALLS = 20000, STARTS = 100, CRASHES = 50 };

extern char **environ;

typedef struct helper {
    pid_t process;
    int socket;
} helper_t;

/* As the host does it: posix_spawn, the socket on 3, the library on 4. */
static helper_t start(const char *program, int library)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        give_up("there is no socket");
    }
    int high[] = {fcntl(ends[1], F_DUPFD_CLOEXEC, 16), fcntl(library, F_DUPFD_CLOEXEC, 16)};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, high[0], RAYF_SOCKET_FD);
    posix_spawn_file_actions_adddup2(&actions, high[1], RAYF_LIBRARY_FD);
    helper_t helper = {.socket = ends[0]};
    char *arguments[] = {(char *)program, NULL};
    if (posix_spawn(&helper.process, program, &actions, NULL, arguments, environ) != 0) {
        give_up(program);
    }
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    close(high[0]);
    close(high[1]);
    return helper;
}

static void send_frame(const helper_t *helper, const ray_writer_t *frame)
{
    for (size_t sent = 0; sent < frame->size;) {
        ssize_t count = send(helper->socket, frame->data + sent, frame->size - sent, MSG_NOSIGNAL);
        if (count <= 0) {
            give_up("the helper takes nothing");
        }
        sent += (size_t)count;
    }
}

/* The kind of the next frame, and the status of a result; nothing else is looked at. */
static int receive_kind(const helper_t *helper)
{
    static uint8_t frame[1 << 17];
    size_t size = 0, whole = 4;
    while (size < whole) {
        ssize_t count = read(helper->socket, frame + size, sizeof frame - size);
        if (count <= 0) {
            return 0;
        }
        size += (size_t)count;
        if (size >= 13) {
            whole = 4 + ((size_t)frame[0] | (size_t)frame[1] << 8 | (size_t)frame[2] << 16);
        }
    }
    return frame[4] == RAYF_RESULT && frame[9] != 0 ? -1 : frame[4];
}

static void expect(const helper_t *helper, int kind)
{
    if (receive_kind(helper) != kind) {
        give_up("the helper answered something else");
    }
}

static void stop(helper_t *helper)
{
    ray_writer_t frame = {0};
    ray_frame_begin(&frame, RAYF_CLOSE, 0);
    ray_frame_end(&frame);
    send_frame(helper, &frame);
    free(frame.data);
    close(helper->socket);
    waitpid(helper->process, NULL, 0);
}

void measure_round_trips(const char *program, const char *library)
{
    static double samples[CALLS];
    static char request[4096];
    memset(request, ' ', sizeof request);
    int descriptor = open_library(library);
    ray_writer_t frame = {0};
    helper_t helper = start(program, descriptor);
    make_open(&frame, "measured", "1.0.0", measured_operations, 3);
    send_frame(&helper, &frame);
    expect(&helper, RAYF_READY);
    make_call(&frame, "echo", 1);
    add_argument(&frame, "request", request, sizeof request);
    int64_t began = now();
    for (int i = 0; i < CALLS; i++) {
        int64_t before = now();
        send_frame(&helper, &frame);
        expect(&helper, RAYF_RESULT);
        samples[i] = (double)(now() - before) / 1e3;
    }
    double seconds = (double)(now() - began) / 1e9;
    stop(&helper);
    close(descriptor);
    free(frame.data);
    print_figure("isolated warm call, 4 KiB in and out: median", quantile(samples, CALLS, 0.5), "us", "50 us");
    print_figure("    99 of 100", quantile(samples, CALLS, 0.99), "us", "200 us");
    print_figure("    calls in a second, one after the other", CALLS / seconds, "", "20000");
}

/* Mappings that are writable and executable. */
static int count_rwx(pid_t process)
{
    char line[4096];
    snprintf(line, sizeof line, "/proc/%d/maps", (int)process);
    FILE *maps = fopen(line, "re");
    int count = 0;
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        const char *flags = strchr(line, ' ');
        count += flags != NULL && flags[2] == 'w' && flags[3] == 'x';
    }
    if (maps == NULL) {
        give_up("the maps of the helper cannot be read");
    }
    fclose(maps);
    return count;
}

void measure_start(const char *program, const char *library, const char *id, const char *version, const char *aim)
{
    double samples[STARTS];
    int descriptor = open_library(library), rwx = 0;
    ray_writer_t frame = {0};
    make_open(&frame, id, version, NULL, 0);
    for (int i = 0; i < STARTS; i++) {
        int64_t before = now();
        helper_t helper = start(program, descriptor);
        send_frame(&helper, &frame);
        expect(&helper, RAYF_READY);
        samples[i] = (double)(now() - before) / 1e6;
        rwx += i == 0 ? count_rwx(helper.process) : 0;
        stop(&helper);
    }
    close(descriptor);
    free(frame.data);
    char what[256];
    snprintf(what, sizeof what, "start of a helper to READY: %s", id);
    print_figure(what, quantile(samples, STARTS, 0.5), "ms", aim);
    print_figure("    its writable and executable mappings", rwx, "", "0");
}

void measure_crash(const char *program, const char *library)
{
    double samples[CRASHES];
    int descriptor = open_library(library);
    ray_writer_t frame = {0};
    for (int i = 0; i < CRASHES; i++) {
        helper_t helper = start(program, descriptor);
        make_open(&frame, "measured", "1.0.0", measured_operations, 3);
        send_frame(&helper, &frame);
        expect(&helper, RAYF_READY);
        make_call(&frame, "crash", 0);
        int64_t before = now();
        send_frame(&helper, &frame);
        int status = 0;
        expect(&helper, 0);
        waitpid(helper.process, &status, 0);
        samples[i] = (double)(now() - before) / 1e6;
        close(helper.socket);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV) {
            give_up("the measured plugin did not crash");
        }
    }
    close(descriptor);
    free(frame.data);
    print_figure("SIGSEGV in a call, from the call to the helper reaped", quantile(samples, CRASHES, 0.5), "ms", "50 ms");
}
