/* Plugins of today in the helper of API 1.0, and plugins built for 1.0 in the helper of today. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "driver.h"
#include "ray_frames.h"

#define SIGNATURE "request:json,out:sink,op:op"
#define NEWER_SIGNATURE "host_version:text,text:text,out:sink,op:op"

static bytes_t payload;
static char older_helper[4096], older_plugins[4096];

static helper_t open_fixture(const char *program, const char *folder, const char *name, const char *plan_signature)
{
    char library[256];
    snprintf(library, sizeof library, "%s/lib%s.so", name, name);
    helper_t helper = start_helper(program, folder, library);
    make_open(&payload, name, "1.0.0");
    add_operation(&payload, "check", SIGNATURE);
    add_operation(&payload, "plan", plan_signature);
    send_frame(&helper, RAYF_OPEN, 0, &payload);
    return helper;
}

static void close_helper(helper_t *helper)
{
    send_frame(helper, RAYF_CLOSE, 0, NULL);
    check_end(helper);
    check_exit(helper, 0);
}

/* ---- newer plugins ---- */

static void send_newer_plan(const helper_t *helper, const char *host_version, bool passes_absent)
{
    make_call(&payload, "plan", 10000, 1 << 20);
    if (host_version != NULL) {
        add_text(&payload, "host_version", host_version);
    } else if (passes_absent) {
        add_absent(&payload, "host_version");
    }
    add_text(&payload, "text", "say \"caf\xc3\xa9\"");
    send_frame(helper, RAYF_CALL, 1, &payload);
}

static void check_newer(const char *program, const char *name, const char *host_version, const char *activation)
{
    helper_t helper = open_fixture(program, fixtures_folder, name, NEWER_SIGNATURE);
    frame_t frame = next_frame(&helper, NULL);
    CHECK(frame.kind == RAYF_READY && frame.status == 1 && frame.minor == 1);
    free_frame(&frame);
    send_newer_plan(&helper, host_version, true);
    frame = next_frame(&helper, NULL);
    CHECK(frame.kind == RAYF_RESULT && frame.status == 0);
    CHECK(frame.result != NULL && strstr(frame.result, activation) != NULL);
    free_frame(&frame);
    close_helper(&helper);
}

/* An optional argument that the host does not know arrives empty, and the function that came with
 * 1.1 is used where it is. */
static void test_optional(void)
{
    check_newer(helper_path, "newer", "2.0",
        "{\"NEWER\": \"say \\\"caf\xc3\xa9\\\"\", \"HOST_VERSION\": \"2.0\", \"WRITTEN_BY\": \"host\"}");
    check_newer(helper_path, "newer", NULL,
        "{\"NEWER\": \"say \\\"caf\xc3\xa9\\\"\", \"HOST_VERSION\": \"\", \"WRITTEN_BY\": \"host\"}");
    check_newer(older_helper, "newer", NULL,
        "{\"NEWER\": \"say ?caf\xc3\xa9?\", \"HOST_VERSION\": \"\", \"WRITTEN_BY\": \"plugin\"}");
    check_newer(older_helper, "newer", "2.0",
        "{\"NEWER\": \"say ?caf\xc3\xa9?\", \"HOST_VERSION\": \"2.0\", \"WRITTEN_BY\": \"plugin\"}");
}

/* A host that does not know a required argument says so itself; whatever it forgets is refused before
 * the plugin is called. */
static void test_required(void)
{
    const char *const programs[] = {helper_path, older_helper};
    for (size_t i = 0; i < 2; i++) {
        helper_t helper = open_fixture(programs[i], fixtures_folder, "demands", NEWER_SIGNATURE);
        frame_t frame = next_frame(&helper, NULL);
        CHECK(frame.kind == RAYF_READY);
        free_frame(&frame);
        send_newer_plan(&helper, NULL, false);
        frame = next_frame(&helper, NULL);
        CHECK(frame.status == 1);
        CHECK_TEXT(frame.error_class, "plugin");
        CHECK_TEXT(frame.text,
            "operation plan cannot be called: nothing is given for its parameter host_version:text");
        free_frame(&frame);
        close_helper(&helper);
    }
    check_newer(older_helper, "demands", "2.0", "\"HOST_VERSION\": \"2.0\", \"WRITTEN_BY\": \"plugin\"}");
}

/* A plugin that cannot do without 1.1 works here, and on 1.0 refuses in its own words. */
static void test_needed(void)
{
    check_newer(helper_path, "insists", "2.0", "\"WRITTEN_BY\": \"host\"}");
    helper_t helper = open_fixture(older_helper, fixtures_folder, "insists", NEWER_SIGNATURE);
    frame_t frame = next_frame(&helper, NULL);
    CHECK(frame.kind == RAYF_REFUSED);
    CHECK_TEXT(frame.text, "its start failed with status 1");
    free_frame(&frame);
    check_end(&helper);
    receive_printed(&helper);
    CHECK_TEXT(helper.printed, "insists needs a ray of API 1.1; this one serves 1.0\n");
    check_exit(&helper, 1);
}

/* ---- older plugins ---- */

static void send_conversation(const helper_t *helper)
{
    static const char *const operations[] = {"check", "plan", "walk", "plan", "check"};
    for (uint32_t call = 1; call <= 5; call++) {
        make_call(&payload, operations[call - 1], 1000, 1 << 20);
        add_text(&payload, "request", "{\"facts\": {}}");
        if (call == 4) {
            add_text(&payload, "newer", "unknown to a plugin of 1.0");
        }
        send_frame(helper, RAYF_CALL, call, &payload);
    }
    send_frame(helper, RAYF_CLOSE, 0, NULL);
}

/* All that a fixture sends in one conversation, to be freed, and how its helper ended. */
static uint8_t *transcribe(const char *program, const char *folder, const char *name, size_t *size, int *status)
{
    helper_t helper = open_fixture(program, folder, name, SIGNATURE);
    send_conversation(&helper);
    uint8_t *all = NULL, *frame;
    size_t more;
    *size = 0;
    while ((frame = next_bytes(&helper, &more, NULL)) != NULL) {
        all = realloc(all, *size + more);
        memcpy(all + *size, frame, more);
        *size += more;
        free(frame);
    }
    *status = end_helper(&helper);
    return all;
}

/* The fixtures that always do the same, and come to an end. */
static const char *const steady[] = {
    "aborts", "exits", "failing", "garbage", "good", "huge", "logs", "mismatched", "segfaults"};

/* A plugin built with the headers of 1.0 behaves here, to the byte, as it did there. */
static void test_older_plugins(void)
{
    for (size_t i = 0; i < sizeof steady / sizeof *steady; i++) {
        size_t size_then, size_now;
        int status_then, status_now;
        uint8_t *then = transcribe(older_helper, older_plugins, steady[i], &size_then, &status_then);
        uint8_t *now = transcribe(helper_path, older_plugins, steady[i], &size_now, &status_now);
        CHECK(size_then > 30);
        CHECK(status_then == status_now);
        bool same = size_then == size_now && memcmp(then, now, size_now) == 0;
        check(same, __FILE__, __LINE__, steady[i]);
        free(then);
        free(now);
    }
}

/* The same sources built with today's headers differ in the version that READY states alone: its
 * last four bytes of 17. */
static void test_rebuilt_plugins(void)
{
    for (size_t i = 0; i < sizeof steady / sizeof *steady; i++) {
        size_t size_then, size_now;
        int status_then, status_now;
        uint8_t *then = transcribe(older_helper, older_plugins, steady[i], &size_then, &status_then);
        uint8_t *now = transcribe(older_helper, fixtures_folder, steady[i], &size_now, &status_now);
        bool same = size_then == size_now && size_now >= 17 && status_then == status_now;
        if (same && now[4] == RAYF_READY) {
            CHECK(then[13] == 0 && now[13] == 1);
            now[13] = 0;
        }
        check(same && memcmp(then, now, size_now) == 0, __FILE__, __LINE__, steady[i]);
        free(then);
        free(now);
    }
}

void test_versions(void)
{
    snprintf(older_helper, sizeof older_helper, "%s/ray-plugin-helper", older_folder);
    snprintf(older_plugins, sizeof older_plugins, "%s/plugins", older_folder);
    test_optional();
    test_required();
    test_needed();
    test_older_plugins();
    test_rebuilt_plugins();
}
