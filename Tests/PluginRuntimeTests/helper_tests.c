/* The helper program, over its socket. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <ray/host.h>
#include <stddef.h>

#include "driver.h"
#include "ray_frames.h"

#define SIGNATURE "request:json,out:sink,op:op"

static bytes_t payload;

/* Starts and opens a fixture. */
static helper_t open_fixture(const char *name)
{
    char library[256];
    snprintf(library, sizeof library, "%s/lib%s.so", name, name);
    helper_t helper = start_helper(helper_path, fixtures_folder, library);
    make_open(&payload, name, "1.0.0");
    add_operation(&payload, "check", SIGNATURE);
    add_operation(&payload, "plan", SIGNATURE);
    send_frame(&helper, RAYF_OPEN, 0, &payload);
    return helper;
}

static void expect_ready(helper_t *helper)
{
    frame_t ready = next_frame(helper, NULL);
    CHECK(ready.kind == RAYF_READY && ready.call == 0 && ready.status == 1 && ready.minor == RAYP_API_MINOR);
    free_frame(&ready);
}

static void send_operation(const helper_t *helper, uint32_t call, const char *operation)
{
    make_call(&payload, operation, 60000, 1 << 20);
    add_text(&payload, "request", "{}");
    send_frame(helper, RAYF_CALL, call, &payload);
}

/* The next frame that is no note of what an examined plugin is about to do. */
static frame_t next_finding(helper_t *helper)
{
    frame_t frame = next_frame(helper, NULL);
    while (frame.kind == RAYF_FINDING &&
        (strcmp(frame.error_class, "stage") == 0 || strcmp(frame.error_class, "rounds") == 0)) {
        free_frame(&frame);
        frame = next_frame(helper, NULL);
    }
    return frame;
}

static void check_answer(helper_t *helper, uint32_t call, const char *part)
{
    frame_t result = next_finding(helper);
    CHECK(result.kind == RAYF_RESULT && result.call == call && result.status == 0);
    CHECK(result.result != NULL && strstr(result.result, part) != NULL);
    free_frame(&result);
}

static void check_refused(helper_t *helper, const char *reason)
{
    frame_t refused = next_frame(helper, NULL);
    CHECK(refused.kind == RAYF_REFUSED);
    CHECK_TEXT(refused.text, reason);
    free_frame(&refused);
    check_exit(helper, 1);
}

static void test_good(void)
{
    helper_t helper = open_fixture("good");
    expect_ready(&helper);
    send_operation(&helper, 1, "check");
    check_answer(&helper, 1, "{\"diagnostics\": [], \"files\": []}");
    send_operation(&helper, 2, "plan");
    check_answer(&helper, 2, "\"GOOD\": \"1\"");
    send_operation(&helper, 3, "unknown");
    frame_t result = next_frame(&helper, NULL);
    CHECK(result.status == 1);
    CHECK_TEXT(result.text, "the plugin has no operation unknown");
    free_frame(&result);
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    check_exit(&helper, 0);
}

static void test_many(void)
{
    helper_t helper = open_fixture("good");
    expect_ready(&helper);
    int answered = 0;
    double before = now();
    for (uint32_t call = 1; call <= 2000; call++) {
        send_operation(&helper, call, "check");
        frame_t result = next_frame(&helper, NULL);
        answered += result.kind == RAYF_RESULT && result.call == call && result.status == 0;
        free_frame(&result);
    }
    printf("2000 calls, %.1f us each\n", (now() - before) / 2000 * 1e6);
    CHECK(answered == 2000);
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    check_exit(&helper, 0);
}

/* What the host sent ahead is done in order; what it sends in small pieces is put together. */
static void test_stream(void)
{
    helper_t helper = open_fixture("good");
    send_operation(&helper, 1, "check");
    send_operation(&helper, 2, "plan");
    make_call(&payload, "check", 60000, 1000);
    add_text(&payload, "request", "{}");
    uint8_t head[9] = {(uint8_t)(payload.size + 5), 0, 0, 0, RAYF_CALL, 3};
    for (size_t i = 0; i < 9 + payload.size; i++) {
        send_all(&helper, i < 9 ? &head[i] : &payload.data[i - 9], 1);
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    }
    expect_ready(&helper);
    check_answer(&helper, 1, "diagnostics");
    check_answer(&helper, 2, "steps");
    check_answer(&helper, 3, "diagnostics");
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    check_exit(&helper, 0);
}

/* A plugin that ends its process: the host sees the end of the stream and no result. */
static void check_crash(const char *name, int signal)
{
    helper_t helper = open_fixture(name);
    expect_ready(&helper);
    send_operation(&helper, 1, "check");
    check_answer(&helper, 1, "diagnostics");
    send_operation(&helper, 2, "plan");
    check_end(&helper);
    int status = end_helper(&helper);
    CHECK(signal == 0 ? status == 0 : WIFSIGNALED(status) && WTERMSIG(status) == signal && !WCOREDUMP(status));
}

static void check_plan_fails(const char *name, const char *error_class, const char *message)
{
    helper_t helper = open_fixture(name);
    expect_ready(&helper);
    send_operation(&helper, 5, "plan");
    frame_t result = next_frame(&helper, NULL);
    CHECK(result.kind == RAYF_RESULT && result.status == 1 && result.result_size == 0);
    CHECK_TEXT(result.error_class, error_class);
    CHECK_TEXT(result.text, message);
    free_frame(&result);
    send_operation(&helper, 6, "check");
    check_answer(&helper, 6, "diagnostics");
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    check_exit(&helper, 0);
}

static void test_prints(void)
{
    helper_t helper = open_fixture("prints");
    expect_ready(&helper);
    send_operation(&helper, 1, "plan");
    size_t printed = 0;
    frame_t result = next_frame(&helper, &printed);
    CHECK(result.kind == RAYF_RESULT && result.status == 0);
    CHECK(printed > 9000000);
    free_frame(&result);
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    uint8_t none;
    receive(&helper, &none, 1, &printed);
    check_exit(&helper, 0);
}

static void test_garbage(void)
{
    helper_t helper = open_fixture("garbage");
    expect_ready(&helper);
    send_operation(&helper, 1, "plan");
    check_answer(&helper, 1, "not \xc0\xaf UTF-8");
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    check_exit(&helper, 0);
}

static void test_logs(void)
{
    helper_t helper = open_fixture("logs");
    expect_ready(&helper);
    send_operation(&helper, 4, "plan");
    frame_t frame = next_frame(&helper, NULL);
    CHECK(frame.kind == RAYF_LOG && frame.call == 4 && frame.status == 0);
    free_frame(&frame);
    frame = next_frame(&helper, NULL);
    CHECK(frame.kind == RAYF_LOG && frame.status == 2);
    CHECK_TEXT(frame.text, "resolving caf\xef\xbf\xbd");
    free_frame(&frame);
    for (uint64_t done = 1; done <= 3; done++) {
        frame = next_frame(&helper, NULL);
        CHECK(frame.kind == RAYF_PROGRESS && frame.done == done && frame.total == 3);
        CHECK_TEXT(frame.text, "package");
        free_frame(&frame);
    }
    check_answer(&helper, 4, "diagnostics");
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    check_exit(&helper, 0);
}

static void check_cancelled(helper_t *helper, uint32_t call)
{
    frame_t result = next_frame(helper, NULL);
    CHECK(result.kind == RAYF_RESULT && result.call == call && result.status == 2);
    free_frame(&result);
}

static void test_cancel(void)
{
    helper_t helper = open_fixture("cooperative");
    expect_ready(&helper);
    send_operation(&helper, 1, "plan");
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    double before = now();
    send_frame(&helper, RAYF_CANCEL, 1, NULL);
    check_cancelled(&helper, 1);
    CHECK(now() - before < 1);
    send_operation(&helper, 2, "plan");
    send_frame(&helper, RAYF_CANCEL, 2, NULL);
    check_cancelled(&helper, 2);
    send_operation(&helper, 3, "check");
    check_answer(&helper, 3, "diagnostics");
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    check_exit(&helper, 0);
    helper = open_fixture("cooperative");
    send_operation(&helper, 1, "plan");
    send_frame(&helper, RAYF_CANCEL, 1, NULL);
    expect_ready(&helper);
    check_cancelled(&helper, 1);
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    check_exit(&helper, 0);
}

/* The end of the host: before anything, between calls, during one that notices, during one that
 * does not. */
static void test_end_of_host(void)
{
    helper_t helper = start_helper(helper_path, plugins_folder, "odd.so");
    shutdown(helper.socket, SHUT_WR);
    check_exit(&helper, 0);
    helper = open_fixture("good");
    expect_ready(&helper);
    shutdown(helper.socket, SHUT_WR);
    check_exit(&helper, 0);
    helper = open_fixture("cooperative");
    expect_ready(&helper);
    send_operation(&helper, 1, "plan");
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    shutdown(helper.socket, SHUT_WR);
    check_cancelled(&helper, 1);
    check_exit(&helper, 0);
    helper = open_fixture("hangs");
    expect_ready(&helper);
    send_operation(&helper, 1, "plan");
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    kill(helper.process, SIGTERM);
    double before = now();
    shutdown(helper.socket, SHUT_RDWR);
    check_exit(&helper, 1);
    CHECK(now() - before > 0.9 && now() - before < 5);
    helper = open_fixture("logs");
    expect_ready(&helper);
    shutdown(helper.socket, SHUT_RD);
    send_operation(&helper, 1, "plan");
    check_exit(&helper, 0);
}

static void test_stop(void)
{
    char path[] = "/tmp/ray-echo-XXXXXX";
    close(mkstemp(path));
    unlink(path);
    setenv("ECHO_STOPPED", path, 1);
    for (int closes = 0; closes < 2; closes++) {
        helper_t helper = start_helper(helper_path, plugins_folder, "echo.so");
        make_open(&payload, "echo", "1.2.3");
        send_frame(&helper, RAYF_OPEN, 0, &payload);
        expect_ready(&helper);
        CHECK(access(path, F_OK) != 0);
        if (closes) {
            send_frame(&helper, RAYF_CLOSE, 0, NULL);
        } else {
            shutdown(helper.socket, SHUT_WR);
        }
        check_exit(&helper, 0);
        CHECK(unlink(path) == 0);
    }
    unsetenv("ECHO_STOPPED");
}

static void test_refusals(void)
{
    helper_t helper = open_fixture("mismatched");
    check_refused(&helper, "operation plan: plugin.yaml says (request:json,out:sink,op:op) and the library "
        "(request:json,root:path,out:sink); they differ first in parameter 2: out:sink in plugin.yaml, root:path in the library");
    helper = start_helper(helper_path, plugins_folder, "text.so");
    make_open(&payload, "text", "1.0.0");
    send_frame(&helper, RAYF_OPEN, 0, &payload);
    check_refused(&helper, "the library cannot be opened: file too short");
    helper = start_helper(helper_path, plugins_folder, "odd.so");
    send_operation(&helper, 1, "plan");
    check_refused(&helper, "the host called before it opened the plugin");
    helper = open_fixture("good");
    expect_ready(&helper);
    make_open(&payload, "good", "1.0.0");
    send_frame(&helper, RAYF_OPEN, 0, &payload);
    check_refused(&helper, "the host opened the plugin twice");
}

static void test_broken_frames(void)
{
    helper_t helper = open_fixture("good");
    expect_ready(&helper);
    send_frame(&helper, 99, 1, NULL);
    check_refused(&helper, "the host sent a frame of an unknown kind");
    static const uint8_t lengths[][4] = {{0, 0, 0, 0}, {4, 0, 0, 0}, {1, 0, 0, 4}, {255, 255, 255, 255}};
    for (size_t i = 0; i < 4; i++) {
        helper = open_fixture("good");
        expect_ready(&helper);
        send_all(&helper, lengths[i], 4);
        check_refused(&helper, "the host sent a frame of an impossible length");
    }
    static const uint8_t part[] = {100, 0, 0, 0, RAYF_CALL, 1, 0, 0, 0, 4, 0};
    for (size_t size = 1; size <= sizeof part; size++) {
        helper = open_fixture("good");
        expect_ready(&helper);
        send_all(&helper, part, size);
        shutdown(helper.socket, SHUT_WR);
        check_exit(&helper, 0);
    }
}

/* A program that the plugin started does not hold the conversation open, its process stands in the
 * root folder, and a broken pipe is an error rather than its end. */
static void test_process(void)
{
    helper_t helper = start_helper(helper_path, plugins_folder, "echo.so");
    make_open(&payload, "echo", "1.2.3");
    add_operation(&payload, "spawn", "");
    add_operation(&payload, "place", "out:sink");
    send_frame(&helper, RAYF_OPEN, 0, &payload);
    expect_ready(&helper);
    send_operation(&helper, 1, "place");
    check_answer(&helper, 1, "/");
    send_operation(&helper, 2, "spawn");
    check_answer(&helper, 2, "");
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    double before = now();
    check_end(&helper);
    CHECK(now() - before < 5);
    check_exit(&helper, 0);
}

/* The kernel reports the end of the thread that started a helper; only the end of the process
 * counts. */
static void test_death_signal(void)
{
    helper_t helper = open_fixture("good");
    expect_ready(&helper);
    kill(helper.process, SIGRTMAX);
    send_operation(&helper, 1, "check");
    check_answer(&helper, 1, "diagnostics");
    send_frame(&helper, RAYF_CLOSE, 0, NULL);
    check_exit(&helper, 0);
}

/* A host that is killed while a plugin hangs and someone else still holds its end of the socket. */
static void test_death_of_host(void)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) {
        abort();
    }
    pid_t host = fork();
    if (host == 0) {
        helper_t helper = open_fixture("hangs");
        expect_ready(&helper);
        send_operation(&helper, 1, "plan");
        pid_t holder = fork();
        if (holder == 0) {
            sleep(8);
            _exit(0);
        }
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        ssize_t count = write(report[1], &helper.process, sizeof helper.process);
        raise(count > 0 ? SIGKILL : SIGABRT);
    }
    pid_t process = 0;
    CHECK(read(report[0], &process, sizeof process) == sizeof process && process > 0);
    waitpid(host, NULL, 0);
    close(report[0]);
    close(report[1]);
    double limit = now() + 6;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/exe", (int)process);
    char target[16];
    while (process > 0 && readlink(path, target, sizeof target) > 0 && now() < limit) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    CHECK(now() < limit);
}

static void test_by_hand(void)
{
    int output[2];
    if (pipe(output) != 0) {
        abort();
    }
    pid_t process = fork();
    if (process == 0) {
        dup2(output[1], 2);
        for (int descriptor = 3; descriptor < 64; descriptor++) {
            close(descriptor);
        }
        execl(helper_path, helper_path, "--help", (char *)NULL);
        _exit(127);
    }
    close(output[1]);
    char text[512] = "";
    CHECK(read(output[0], text, sizeof text - 1) > 0);
    close(output[0]);
    CHECK_TEXT(text, "ray-plugin-helper: ray starts this program to run a plugin; try `ray plugin list`\n");
    int status = -1;
    waitpid(process, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2);
}

/* In place of a minor version: a probe is made. */
enum { PROBE = 1000 };

static helper_t examine_fixture(const char *name, uint32_t rounds, uint32_t table_size, uint32_t minor)
{
    char library[256];
    snprintf(library, sizeof library, "%s/lib%s.so", name, name);
    helper_t helper = start_helper(helper_path, fixtures_folder, library);
    payload.size = 0;
    put_integer(&payload, rounds, 4);
    put_integer(&payload, table_size, 4);
    put_integer(&payload, minor, 4);
    put_integer(&payload, minor == PROBE, 4);
    put_text(&payload, name);
    put_text(&payload, "1.0.0");
    put_integer(&payload, 2, 4);
    put_text(&payload, "check");
    put_text(&payload, SIGNATURE);
    put_text(&payload, "plan");
    put_text(&payload, SIGNATURE);
    send_frame(&helper, RAYF_EXAMINE, 0, &payload);
    return helper;
}

static void check_finding(helper_t *helper, const char *code, const char *text)
{
    frame_t finding = next_finding(helper);
    CHECK(finding.kind == RAYF_FINDING);
    CHECK_TEXT(finding.error_class, code);
    CHECK_TEXT(finding.text, text);
    free_frame(&finding);
}

/* Opens, calls both operations and closes; `plans` calls of plan. */
static void examine_calls(helper_t *helper, uint32_t plans)
{
    frame_t ready = next_finding(helper);
    CHECK(ready.kind == RAYF_READY);
    free_frame(&ready);
    for (uint32_t call = 1; call <= plans; call++) {
        send_operation(helper, call, "plan");
        check_answer(helper, call, "steps");
    }
    send_operation(helper, plans + 1, "check");
    check_answer(helper, plans + 1, "diagnostics");
    send_frame(helper, RAYF_CLOSE, 0, NULL);
}

static void test_examine(void)
{
    size_t oldest = offsetof(rayp_host_t, fail) + sizeof(void *);
    const struct {
        uint32_t rounds, size, minor;
    } hosts[] = {{200, 0, 0}, {0, (uint32_t)oldest, 0}, {0, (uint32_t)sizeof(rayp_host_t) + 64, 99}};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        helper_t helper = examine_fixture("good", hosts[i].rounds, hosts[i].size, hosts[i].minor);
        examine_calls(&helper, 1);
        check_end(&helper);
        check_exit(&helper, 0);
    }
    helper_t helper = examine_fixture("leaks-descriptor", 0, 0, 0);
    examine_calls(&helper, 120);
    check_finding(&helper, "audit-descriptor", "`plan` leaves a descriptor open every time");
    check_end(&helper);
    check_exit(&helper, 0);

    helper = examine_fixture("blocks-signal", 0, 0, 0);
    check_finding(&helper, "audit-environment", "loading it changed the variable `PATH` of the environment");
    check_finding(&helper, "audit-signal-mask", "loading it blocked the signal 10 (User defined signal 1)");
    check_finding(&helper, "audit-signal-handler", "loading it changed what happens on the signal 17 (Child exited)");
    examine_calls(&helper, 1);
    check_end(&helper);
    check_exit(&helper, 0);

    helper = examine_fixture("reads-undeclared", 0, 0, PROBE);
    frame_t ready = next_finding(&helper);
    CHECK(ready.kind == RAYF_READY);
    free_frame(&ready);
    send_operation(&helper, 1, "check");
    frame_t result = next_finding(&helper);
    CHECK(result.kind == RAYF_RESULT && result.call == 1 && result.status == 0 && result.result_size == 0);
    free_frame(&result);
    send_operation(&helper, 2, "plan");
    check_finding(&helper, "signature-probe", "`plan` reads memory through a parameter 4, which is not declared");
    check_end(&helper);
    check_exit(&helper, 1);

    helper = examine_fixture("good", 0, 4, 0);
    frame_t refused = next_finding(&helper);
    CHECK(refused.kind == RAYF_REFUSED);
    CHECK_TEXT(refused.text, "the host asked for a table of an impossible size");
    free_frame(&refused);
    check_exit(&helper, 1);
}

void test_conversations(void)
{
    test_good();
    test_stream();
    check_plan_fails("failing", "network", "the index at https://example.org/simple does not answer");
    test_garbage();
    test_logs();
    test_cancel();
    test_stop();
    test_refusals();
}

void test_helper(void)
{
    test_examine();
    test_by_hand();
    test_conversations();
    test_many();
    check_crash("aborts", SIGABRT);
    check_crash("segfaults", SIGSEGV);
    check_crash("exits", 0);
    check_plan_fails("huge", "plugin", "the result is larger than 1048576 bytes");
    test_prints();
    test_end_of_host();
    test_broken_frames();
    test_process();
    test_death_signal();
    test_death_of_host();
}
