/* Calls the operations as the host does, and looks at what they write. */
#undef NDEBUG
#include "generated.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What the operation wrote. */
static char answer[4096];

static rayp_status_t take(rayp_sink_t *sink, const void *data, uint64_t size)
{
    (void)sink;
    size_t end = strlen(answer);
    assert(end + size < sizeof answer);
    memcpy(answer + end, data, size);
    answer[end + size] = 0;
    return RAYP_OK;
}

static const rayp_host_t host = {
    .size = sizeof host, .api_major = RAYP_API_MAJOR, .api_minor = RAYP_API_MINOR, .write = take,
};

static rayp_view_t view(const char *text)
{
    return (rayp_view_t){text, strlen(text)};
}

static const char *check(const char *text, void *self)
{
    rayp_view_t value = view(text), file = view("\"/p/project.yaml\"");
    answer[0] = 0;
    assert(@NAME@_check(&value, &file, 7, 9, NULL, self) == RAYP_OK);
    return answer;
}

int main(void)
{
    const rayp_plugin_t *plugin = rayp_entry_v1();
    void *self = NULL;
    assert(strcmp(plugin->id, "@ID@") == 0);
    assert(plugin->start(&host, &self) == RAYP_OK);

    assert(strcmp(check("hello", self), "{\"diagnostics\": [], \"files\": []}") == 0);
    assert(strstr(check(" ", self), "\"the text is empty\"") != NULL);
    assert(strstr(check("a\nb", self), "\"file\": \"/p/project.yaml\", \"line\": 7, \"column\": 9}") != NULL);

    rayp_view_t text = view("\"hello\"");
    answer[0] = 0;
    assert(@NAME@_plan(&text, NULL, self) == RAYP_OK);
    assert(strstr(answer, "\"components\": {\"text\": \"hello\"}") != NULL);
    assert(strstr(answer, "\"set\": {\"@VARIABLE@_TEXT\": \"hello\"}") != NULL);

    puts("all is well");
    return 0;
}
