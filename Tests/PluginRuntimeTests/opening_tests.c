/* What is opened and what is refused, and in which words. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "ray_frames.h"

static bytes_t payload;
static capture_t capture;

/* Opens the odd plugin of that name with what its sound siblings have. */
static ray_runtime_t *open_odd(const char *name)
{
    make_open(&payload, "odd", "1.0.0");
    add_operation(&payload, "run", "a:i64,b:i64");
    return open_runtime(&capture, plugins_folder, name, &payload);
}

static void check_refused(const char *name, const char *reason)
{
    CHECK(open_odd(name) == NULL);
    CHECK(last_frame(&capture)->kind == RAYF_REFUSED);
    CHECK(capture.count == 1);
    CHECK_TEXT(last_frame(&capture)->text, reason);
}

/* Opens a sound plugin with what `payload` says. */
static void check_open_refused(const char *reason)
{
    CHECK(open_runtime(&capture, plugins_folder, "odd.so", &payload) == NULL);
    CHECK_TEXT(last_frame(&capture)->text, reason);
}

static void test_tables(void)
{
    check_refused("no-entry.so", "the library does not export rayp_entry_v1");
    check_refused("no-table.so", "rayp_entry_v1 returned no table");
    check_refused("major.so", "it was built for API 2.5; this ray serves 1.x");
    check_refused("tiny.so", "its table is 8 bytes long, too short to state a version");
    check_refused("short.so", "its table is 72 bytes long; that of API 1.0 has 80");
    check_refused("no-id.so", "the library states no id");
    check_refused("no-rows.so", "its table counts 2 operations and has none");
    check_refused("thin-rows.so", "its operation_size is 16; that of API 1.0 is 24");
    check_refused("no-function.so", "operation run: its row in the library has no function");
    check_refused("no-signature.so", "operation run: its row in the library has no signature");
    check_refused("bad-signature.so", "operation run: parameter 2 of (a:i64,b) is not NAME:TYPE");
    check_refused("start.so", "its start failed with status 1");
    check_refused("start-why.so", "its start failed: the licence has ended");
    check_refused("text.so", "the library cannot be opened: file too short");
    CHECK(open_odd("undefined.so") == NULL);
    CHECK(strstr(last_frame(&capture)->text, "the library cannot be opened: undefined symbol: odd_missing") != NULL);
}

/* A library of a later minor version, with longer tables, works as far as it is known here. */
static void test_newer(void)
{
    ray_runtime_t *runtime = open_odd("newer.so");
    CHECK(runtime != NULL);
    CHECK(last_frame(&capture)->kind == RAYF_READY);
    CHECK(last_frame(&capture)->status == 1 && last_frame(&capture)->minor == 7);
    make_call(&payload, "run", 1000, 10);
    add_integer(&payload, "b", 2);
    add_integer(&payload, "a", 40);
    CHECK(call_runtime(runtime, &capture, 1, &payload)->status == 0);
    ray_runtime_close(runtime);
}

static void test_identity(void)
{
    make_open(&payload, "even", "1.0.0");
    check_open_refused("its id is even in plugin.yaml, odd in the library");
    make_open(&payload, "od", "1.0.0");
    check_open_refused("its id is od in plugin.yaml, odd in the library");
    make_open(&payload, "odd", "1.0.1");
    check_open_refused("its version is 1.0.1 in plugin.yaml, 1.0.0 in the library");
}

static void check_signature_refused(const char *described, const char *reason)
{
    make_open(&payload, "odd", "1.0.0");
    add_operation(&payload, "run", described);
    check_open_refused(reason);
}

static void test_signatures(void)
{
    check_signature_refused("a:i64,b:u64",
        "operation run: plugin.yaml says (a:i64,b:u64) and the library (a:i64,b:i64); they differ first in parameter 2: "
        "b:u64 in plugin.yaml, b:i64 in the library");
    check_signature_refused("b:i64,a:i64",
        "operation run: plugin.yaml says (b:i64,a:i64) and the library (a:i64,b:i64); they differ first in parameter 1: "
        "b:i64 in plugin.yaml, a:i64 in the library");
    check_signature_refused("a:i64",
        "operation run: plugin.yaml says (a:i64) and the library (a:i64,b:i64); they differ first in parameter 2: "
        "nothing in plugin.yaml, b:i64 in the library");
    check_signature_refused("a:i64,b:i64,out:sink",
        "operation run: plugin.yaml says (a:i64,b:i64,out:sink) and the library (a:i64,b:i64); they differ first in "
        "parameter 3: out:sink in plugin.yaml, nothing in the library");
    check_signature_refused("", "operation run: plugin.yaml says () and the library (a:i64,b:i64); they differ first in "
        "parameter 1: nothing in plugin.yaml, a:i64 in the library");
    check_signature_refused("a:float", "operation run: parameter 1, a:float, has an unknown type; the types are json, text, "
        "path, i64, u64, bool, op, sink and self");
    make_open(&payload, "odd", "1.0.0");
    add_operation(&payload, "walk", "a:i64,b:i64");
    check_open_refused("operation walk is in plugin.yaml but not in the library");
    make_open(&payload, "mismatched", "1.0.0");
    add_operation(&payload, "plan", "request:json,out:sink,op:op");
    CHECK(open_runtime(&capture, fixtures_folder, "mismatched/libmismatched.so", &payload) == NULL);
    CHECK_TEXT(last_frame(&capture)->text, "operation plan: plugin.yaml says (request:json,out:sink,op:op) and the library "
        "(request:json,root:path,out:sink); they differ first in parameter 2: out:sink in plugin.yaml, root:path in the library");
}

/* Every shorter payload is malformed, and so is a longer one. */
static void test_malformed(void)
{
    make_open(&payload, "odd", "1.0.0");
    add_operation(&payload, "run", "a:i64,b:i64");
    size_t whole = payload.size;
    for (payload.size = 0; payload.size < whole; payload.size++) {
        bool refused = open_runtime(&capture, plugins_folder, "odd.so", &payload) == NULL;
        CHECK(refused && strstr(last_frame(&capture)->text, "malformed") != NULL);
    }
    put_integer(&payload, 0, 1);
    check_open_refused("the description of the operations is malformed");
    make_open(&payload, "odd", "1.0.0");
    memset(payload.data + payload.count_at, 0xff, 4);
    check_open_refused("the description of the operations is malformed");
    memset(payload.data, 0xff, 4);
    check_open_refused("the request to open it is malformed: it ends too early");
}

/* Two libraries that come through the same number one after the other are two libraries. */
static void test_descriptors(void)
{
    ray_runtime_t *odd = open_odd("odd.so");
    make_open(&payload, "echo", "1.2.3");
    ray_runtime_t *echo = open_runtime(&capture, plugins_folder, "echo.so", &payload);
    CHECK(odd != NULL && echo != NULL);
    ray_runtime_close(echo);
    ray_runtime_close(odd);
    CHECK(ray_runtime_open(-1, payload.data, payload.size, capture_frame, &capture) == NULL);
    CHECK_TEXT(last_frame(&capture)->text, "the library cannot be opened: Bad file descriptor");
    ray_runtime_close(NULL);
}

void test_opening(void)
{
    test_tables();
    test_newer();
    test_identity();
    test_signatures();
    test_malformed();
    test_descriptors();
    clear_capture(&capture);
}
