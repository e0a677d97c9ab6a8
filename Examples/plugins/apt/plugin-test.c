/* Calls the operations as the host does, and looks at what they write. */
#undef NDEBUG
#include "generated.h"
#include "packages.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What the operation wrote, or why it failed. */
static char answer[1 << 16];

static rayp_status_t take(rayp_sink_t *sink, const void *data, uint64_t size)
{
    (void)sink;
    size_t end = strlen(answer);
    assert(end + size < sizeof answer);
    memcpy(answer + end, data, size);
    answer[end + size] = 0;
    return RAYP_OK;
}

static rayp_status_t refuse(const rayp_op_t *op, const char *error_class, const char *message, uint64_t size)
{
    (void)op;
    snprintf(answer, sizeof answer, "%s: %.*s", error_class, (int)size, message);
    return RAYP_FAILED;
}

static const rayp_host_t host = {
    .size = sizeof host, .api_major = RAYP_API_MAJOR, .api_minor = RAYP_API_MINOR, .write = take, .fail = refuse,
};

static rayp_view_t view(const char *text)
{
    return (rayp_view_t){text, strlen(text)};
}

static const char *check(const char *list, const char *where)
{
    rayp_view_t packages = view(list), places = view(where);
    answer[0] = 0;
    apt_check(&packages, &places, NULL, NULL, (void *)(uintptr_t)&host);
    return answer;
}

static const char *plan(const char *list, const char *tool)
{
    rayp_view_t packages = view(list), places = view("{}"), arch = view("x86_64"), apt = view(tool);
    rayp_view_t architecture = view("amd64"), distribution = view("debian-12");
    answer[0] = 0;
    apt_plan(&packages, &places, &arch, &apt, &architecture, &distribution, NULL, NULL, (void *)(uintptr_t)&host);
    return answer;
}

static void test_names(void)
{
    const char *right[] = {"\"hello\"", "\"libstdc++6\"", "\"0ad\"", "\"hello=2.10-3\"", "\"vim=2:9.0.1378-2+deb12u1~x\""};
    const char *wrong[] = {"\"\"", "\"a\"", "\"Hello\"", "\"-rf\"", "\"a b\"", "\"a;b\"", "\"a\\\"b\"", "\"x=\"", "\"hello=x\"", "7"};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        assert(package_fault(json_value(right[i])) == NULL);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert(package_fault(json_value(wrong[i])) != NULL);
    }
}

static void test_check(void)
{
    assert(strcmp(check("[\"hello\", \"sl\"]", "{}"), "{\"diagnostics\": [], \"files\": []}") == 0);
    /* A path with everything that could end a string, and places in any order and with spaces. */
    const char *places = "{ \"/apt\" : {\"line\": 4}, \"\\/apt\\/1\": {\"column\": 17, \"file\": \"/a \\\"b\\\\\", \"line\": 4} }";
    assert(strstr(check("[\"hello\",\"He\\\"llo\"]", places),
                  "\"message\": \"`He\\\"llo` is no name of a Debian package\"") != NULL);
    assert(strstr(answer, "\"file\": \"/a \\\"b\\\\\", \"line\": 4, \"column\": 17}") != NULL);
    assert(strstr(check("[\"sl\",\"sl\"]", "{}"), "\"warning\", \"message\": \"`sl` is listed twice\"") != NULL);
    assert(strcmp(check("\"sl\"", "{}"), "input: `apt` is no list of packages") == 0);
}

static void test_plan(void)
{
    char first[sizeof answer];
    strcpy(first, plan("[\"sl\",\"hello\",\"sl\"]", "/usr/bin/apt-get"));
    assert(strstr(first, "\"components\": {\"packages\": \"hello\\nsl\\n\", \"architecture\": \"amd64\"") != NULL);
    assert(strstr(first, "--download-only install 'hello' 'sl'\\n") != NULL);
    assert(strstr(first, "\"LD_LIBRARY_PATH\": \"${prefix}/root/usr/lib/x86_64-linux-gnu:") != NULL);
    /* The same packages are the same plan. */
    char *warnings = strstr(first, "], \"files\"");
    plan("[\"hello\",\"sl\"]", "/usr/bin/apt-get");
    assert(strcmp(strstr(answer, "], \"files\""), warnings) == 0);
    assert(strstr(plan("[\"a;b\"]", "/usr/bin/apt-get"), "\"steps\"") == NULL);
    assert(strncmp(plan("[\"sl\"]", ""), "tool-missing: ", 14) == 0);
}

int main(void)
{
    test_names();
    test_check();
    test_plan();
    puts("all is well");
    return 0;
}
