/* Arguments, results, failures, reports, cancelling. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "ray_frames.h"

static bytes_t payload;
static capture_t capture;
static ray_runtime_t *runtime;

static const frame_t *call(void)
{
    static uint32_t number;
    return call_runtime(runtime, &capture, ++number, &payload);
}

static void check_result(const char *expected)
{
    const frame_t *result = call();
    CHECK(result->status == 0);
    CHECK_TEXT(result->result, expected);
    CHECK_TEXT(result->error_class, "");
    CHECK_TEXT(result->text, "");
}

static void check_failure(const char *error_class, const char *message)
{
    const frame_t *result = call();
    CHECK(result->status == 1);
    CHECK(result->result_size == 0);
    CHECK_TEXT(result->error_class, error_class);
    CHECK_TEXT(result->text, message);
}

/* A call of echo with every argument but the one named, out of order and with one unknown. */
static void make_echo(const char *without)
{
    make_call(&payload, "echo", 1000, 1000);
    if (strcmp(without, "force") != 0) add_integer(&payload, "force", 1);
    if (strcmp(without, "request") != 0) add_text(&payload, "request", "{\"a\": \"caf\xc3\xa9\"}");
    add_text(&payload, "newer", "unknown to this plugin");
    if (strcmp(without, "count") != 0) add_integer(&payload, "count", (uint64_t)-5);
    if (strcmp(without, "size") != 0) add_integer(&payload, "size", UINT64_MAX);
    if (strcmp(without, "root") != 0) add_bytes(&payload, "root", "/r\xff", 3);
    if (strcmp(without, "name") != 0) add_text(&payload, "name", "n");
}

static void test_arguments(void)
{
    make_echo("");
    check_result("{\"a\": \"caf\xc3\xa9\"}|n|/r\xff|-5|18446744073709551615|1|1|1");
    add_text(&payload, "out", "a sink takes no argument");
    check_result("{\"a\": \"caf\xc3\xa9\"}|n|/r\xff|-5|18446744073709551615|1|1|1");
    make_call(&payload, "echo", 1000, 1000);
    static const char *const names[] = {"request", "name", "root", "count", "size", "force"};
    for (size_t i = 0; i < 6; i++) {
        add_absent(&payload, names[i]);
    }
    check_result("|||0|0|0|1|1");
    make_call(&payload, "twelve", 1000, 1000);
    for (int i = 10; i >= 0; i--) {
        char name[2] = {(char)('a' + i), 0};
        add_integer(&payload, name, (uint64_t)(i * 1000000007LL - 3));
    }
    check_result("-3 1000000004 2000000011 3000000018 4000000025 5000000032 6000000039 7000000046 8000000053 9000000060 10000000067");
    make_call(&payload, "none", 1000, 0);
    check_result("");
}

static void check_echo_refused(const char *name, const void *value, size_t size, const char *message)
{
    make_echo(name);
    add_bytes(&payload, name, value, size);
    check_failure("input", message);
}

static void test_refusals(void)
{
    static const uint8_t two[8] = {2}, far[8] = {1, 0, 0, 0, 0, 0, 0, 1};
    check_echo_refused("force", two, 8, "operation echo cannot be called: the value of force:bool is neither 0 nor 1");
    check_echo_refused("force", far, 8, "operation echo cannot be called: the value of force:bool is neither 0 nor 1");
    check_echo_refused("force", two, 1, "operation echo cannot be called: the value of force:bool is not 8 bytes long");
    check_echo_refused("count", "1234567", 7, "operation echo cannot be called: the value of count:i64 is not 8 bytes long");
    check_echo_refused("size", "123456789", 9, "operation echo cannot be called: the value of size:u64 is not 8 bytes long");
    check_echo_refused("name", "a\0b", 3, "operation echo cannot be called: the value of name:text contains a NUL");
    check_echo_refused("root", "a\0", 2, "operation echo cannot be called: the value of root:path contains a NUL");
    check_echo_refused("name", "\xed\xa0\x80", 3, "operation echo cannot be called: the value of name:text is not valid UTF-8");
    check_echo_refused("request", "\"\xc3", 2, "operation echo cannot be called: the value of request:json is not valid UTF-8");
    make_echo("");
    add_text(&payload, "name", "again");
    check_failure("input", "operation echo cannot be called: the value of name:text is given twice");
    make_echo("root");
    check_failure("plugin", "operation echo cannot be called: nothing is given for its parameter root:path");
    make_echo("force");
    check_failure("plugin", "operation echo cannot be called: nothing is given for its parameter force:bool");
    make_call(&payload, "dance\xff", 1000, 1000);
    check_failure("plugin", "the plugin has no operation dance\xef\xbf\xbd");
    make_call(&payload, "fill", 1000, 1000);
    check_failure("plugin", "the plugin has no operation fill");
}

static void test_malformed(void)
{
    make_echo("");
    size_t whole = payload.size;
    for (payload.size = 0; payload.size < whole; payload.size++) {
        const frame_t *result = call();
        bool internal = result->status == 1 && strcmp(result->error_class, "internal") == 0;
        CHECK(internal && strstr(result->text, "malformed") != NULL);
    }
    put_integer(&payload, 0, 1);
    check_failure("internal", "the call of echo is malformed at its end");
    make_echo("");
    memset(payload.data + payload.count_at, 0xff, 4);
    check_failure("internal", "the call of echo is malformed in its arguments");
    make_call(&payload, "echo", 1, 1);
    add_absent(&payload, "name");
    payload.data[payload.size - 5] = 2;
    check_failure("internal", "the call of echo is malformed in its arguments");
}

/* Random damage never does more than fail, and is answered once. */
static void test_damage(void)
{
    uint32_t seed = 1;
    int answered = 0;
    for (int round = 0; round < 20000; round++) {
        make_echo("");
        for (int i = 0; i < 3; i++) {
            seed = seed * 1664525 + 1013904223;
            payload.data[(seed >> 8) % payload.size] = (uint8_t)(seed >> 24);
        }
        answered += call()->status <= 2 && capture.count == 1;
    }
    CHECK(answered == 20000);
}

static void test_failures(void)
{
    make_call(&payload, "silent", 1000, 1000);
    check_failure("plugin", "the operation failed without saying why");
    make_call(&payload, "status", 1000, 1000);
    add_integer(&payload, "value", 77);
    check_failure("plugin", "the operation failed without saying why");
    make_call(&payload, "status", 1000, 1000);
    add_integer(&payload, "value", (uint64_t)-1);
    check_failure("plugin", "the operation failed without saying why");
    make_call(&payload, "twice", 1000, 1000);
    check_failure("plugin", "first\xef\xbf\xbd reason");
    make_call(&payload, "status", 1000, 1000);
    add_integer(&payload, "value", 2);
    CHECK(call()->status == 2);
}

static void test_limits(void)
{
    make_call(&payload, "fill", 1000, 1000);
    add_integer(&payload, "size", 1000);
    CHECK(call()->result_size == 1000);
    CHECK(last_frame(&capture)->status == 0);
    make_call(&payload, "fill", 1000, 999);
    add_integer(&payload, "size", 1000);
    check_failure("plugin", "the result is larger than 999 bytes");
    make_call(&payload, "fill", 1000, 0);
    add_integer(&payload, "size", 0);
    check_result("");
    make_call(&payload, "fill", 1000, UINT64_MAX);
    add_integer(&payload, "size", 3000000);
    CHECK(call()->result_size == 3000000);
}

static void make_quote(const void *bytes, size_t size, const char *text, uint64_t largest)
{
    make_call(&payload, "quote", 1000, largest);
    add_bytes(&payload, "bytes", bytes, size);
    add_text(&payload, "text", text);
}

static void test_quoting(void)
{
    make_quote("", 0, "", 4);
    check_result("\"\"\"\"");
    make_quote("a\"b\\c/\n\r\t\b\f\x01\x1f\x7f", 14, "caf\xc3\xa9 \xf0\x9f\x98\x80", 1000);
    check_result("\"a\\\"b\\\\c/\\n\\r\\t\\u0008\\u000c\\u0001\\u001f\x7f\"\"caf\xc3\xa9 \xf0\x9f\x98\x80\"");
    make_quote("\xff", 1, "", 1000);
    check_result("\"\xef\xbf\xbd\"\"\"");
    make_quote("a\xe2\x82" "b\xed\xa0\x80\xc3", 8, "", 1000);
    check_result("\"a\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"\"\"");
    make_call(&payload, "quote", 1000, 1000);
    add_text(&payload, "bytes", "x");
    add_bytes(&payload, "text", "\0", 1);
    check_result("\"x\"\"\\u0000\"");
}

/* The limit counts what is appended, quotes and escapes included. */
static void test_quoting_limits(void)
{
    make_quote("abc", 3, "", 7);
    check_result("\"abc\"\"\"");
    static const char *const texts[] = {"abcd", "a\"c", "\xff\xff", "abcde", "abcdefghi"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        make_quote(texts[i], strlen(texts[i]), "", 7);
        check_failure("plugin", "the result is larger than 7 bytes");
    }
    make_call(&payload, "misquote", 1000, 2);
    check_failure("plugin", "the result is larger than 2 bytes");
}

static void test_deadlines(void)
{
    make_call(&payload, "remaining", 60000, 1000);
    long left = strtol(call()->result, NULL, 10);
    CHECK(left > 59000 && left <= 60000);
    make_call(&payload, "remaining", 0, 1000);
    check_result("0 1");
    make_call(&payload, "remaining", UINT64_MAX, 1000);
    CHECK(strtoll(call()->result, NULL, 10) > INT64_MAX / 4);
    CHECK(strstr(last_frame(&capture)->result, " 0") != NULL);
}

static void test_reports(void)
{
    make_call(&payload, "reports", 1000, 1000);
    CHECK(call()->status == 0);
    CHECK(capture.count == 5);
    const frame_t *frames = capture.frames;
    CHECK(frames[0].kind == RAYF_LOG && frames[0].status == 1);
    CHECK_TEXT(frames[0].text, "line");
    CHECK(frames[1].kind == RAYF_LOG && frames[1].status == 3);
    CHECK_TEXT(frames[1].text, "");
    CHECK(frames[2].text_size == 65536 + 3);
    CHECK_TEXT(frames[2].text + 65536, "\xe2\x80\xa6");
    CHECK(frames[3].kind == RAYF_PROGRESS && frames[3].done == 1 && frames[3].total == 0);
    CHECK_TEXT(frames[3].text, "\xef\xbf\xbd");
    for (int i = 0; i < 4; i++) {
        CHECK(frames[i].call == frames[4].call);
    }
}

/* What a plugin says about a call that is over is ignored. */
static void test_late(void)
{
    make_call(&payload, "keep", 1000, 1000);
    check_result("");
    clear_capture(&capture);
    char path[4096];
    strcpy(path, plugins_folder);
    void *handle = dlopen(strcat(path, "/echo.so"), RTLD_NOW);
    int (*misuse)(void) = NULL;
    void *symbol = handle == NULL ? NULL : dlsym(handle, "echo_misuse");
    memcpy(&misuse, &symbol, sizeof misuse);
    CHECK(misuse != NULL && misuse() == 1);
    CHECK(capture.count == 0);
    make_call(&payload, "none", 1000, 1000);
    check_result("");
    dlclose(handle);
}

static void *cancel_soon(void *context)
{
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    ray_runtime_cancel(context, 7);
    return NULL;
}

static void test_cancel(void)
{
    make_open(&payload, "cooperative", "1.0.0");
    add_operation(&payload, "plan", "request:json,out:sink,op:op");
    ray_runtime_t *cooperative = open_runtime(&capture, fixtures_folder, "cooperative/libcooperative.so", &payload);
    make_call(&payload, "plan", 20000, 1000);
    add_text(&payload, "request", "{}");
    pthread_t thread;
    pthread_create(&thread, NULL, cancel_soon, cooperative);
    CHECK(call_runtime(cooperative, &capture, 7, &payload)->status == 2);
    pthread_join(thread, NULL);
    make_call(&payload, "plan", 20, 1000);
    add_text(&payload, "request", "{}");
    CHECK(call_runtime(cooperative, &capture, 8, &payload)->status == 2);
    make_call(&payload, "plan", 20000, 1000);
    add_text(&payload, "request", "{}");
    ray_runtime_cancel(cooperative, 9);
    CHECK(call_runtime(cooperative, &capture, 9, &payload)->status == 2);
    ray_runtime_cancel_all(cooperative);
    CHECK(call_runtime(cooperative, &capture, 10, &payload)->status == 2);
    ray_runtime_close(cooperative);
}

/* The call of before-last is over: a cancel that comes late does not meet the next. */
static void test_late_cancel(void)
{
    make_call(&payload, "remaining", 60000, 1000);
    clear_capture(&capture);
    ray_runtime_call(runtime, 900001, payload.data, payload.size);
    ray_runtime_cancel(runtime, 900001);
    clear_capture(&capture);
    ray_runtime_call(runtime, 900002, payload.data, payload.size);
    CHECK(strstr(last_frame(&capture)->result, " 0") != NULL);
}

static void open_echo(void)
{
    make_open(&payload, "echo", "1.2.3");
    add_operation(&payload, "echo", "request:json,name:text,root:path,count:i64,size:u64,force:bool,out:sink,op:op,self:self");
    add_operation(&payload, "twelve", "out:sink,a:i64,b:i64,c:i64,d:i64,e:i64,f:i64,g:i64,h:i64,i:i64,j:i64,k:i64");
    add_operation(&payload, "none", "");
    add_operation(&payload, "silent", "out:sink");
    add_operation(&payload, "status", "value:i64");
    add_operation(&payload, "twice", "op:op");
    add_operation(&payload, "remaining", "out:sink,op:op");
    add_operation(&payload, "quote", "bytes:path,text:json,out:sink");
    add_operation(&payload, "misquote", "out:sink");
    add_operation(&payload, "reports", "op:op");
    add_operation(&payload, "keep", "out:sink,op:op");
    runtime = open_runtime(&capture, plugins_folder, "echo.so", &payload);
    CHECK(last_frame(&capture)->kind == RAYF_READY);
    if (runtime == NULL) {
        exit(1);
    }
}

void test_calling(void)
{
    open_echo();
    test_arguments();
    test_refusals();
    test_malformed();
    test_damage();
    test_failures();
    test_quoting();
    test_quoting_limits();
    test_deadlines();
    test_reports();
    test_late();
    test_late_cancel();
    test_cancel();
    ray_runtime_close(runtime);
    make_open(&payload, "echo", "1.2.3");
    add_operation(&payload, "fill", "size:u64,out:sink");
    runtime = open_runtime(&capture, plugins_folder, "echo.so", &payload);
    test_limits();
    ray_runtime_close(runtime);
    clear_capture(&capture);
}
