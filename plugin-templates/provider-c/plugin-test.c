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

static const char *configure(const char *name, void *self)
{
    rayp_view_t node = view(name), file = view("\"/p/cluster.yaml\"");
    answer[0] = 0;
    assert(@NAME@_configure(&node, &file, 3, 14, NULL, self) == RAYP_OK);
    return answer;
}

static const char *launch(const char *kind_name, int64_t count, void *self)
{
    rayp_view_t node = view("\"n\""), kind = view(kind_name);
    answer[0] = 0;
    assert(@NAME@_launch(&node, &kind, count, NULL, self) == RAYP_OK);
    return answer;
}

int main(void)
{
    const rayp_plugin_t *plugin = rayp_entry_v1();
    void *self = NULL;
    assert(strcmp(plugin->id, "@ID@") == 0);
    assert(plugin->start(&host, &self) == RAYP_OK);

    assert(strstr(configure("", self), "\"config\": {\"node\": \"@ID@-head\"}") != NULL);
    assert(strstr(configure("n", self), "\"config\": {\"node\": \"n\"}") != NULL);
    assert(strstr(configure("N", self), "\"file\": \"/p/cluster.yaml\", \"line\": 3, \"column\": 14}") != NULL);

    assert(strstr(launch("head", 1, self), "[{\"id\": \"n\", \"kind\": \"head\"") != NULL);
    assert(strstr(launch("worker", 2, self), "\"missing\": 2, \"errors\": [{\"class\": \"capacity\"") != NULL);

    rayp_view_t node = view("\"n\""), ids = view("[\"n\",\"other\"]"), none = view("[]");
    answer[0] = 0;
    assert(@NAME@_terminate(&node, &ids, NULL, self) == RAYP_OK);
    assert(strcmp(answer, "{\"results\": {\"n\": \"already\", \"other\": \"failed\"}}") == 0);
    answer[0] = 0;
    assert(@NAME@_access(&node, &ids, NULL, self) == RAYP_OK);
    assert(strcmp(answer, "{\"access\": {\"n\": {\"via\": \"this-machine\"}}}") == 0);
    answer[0] = 0;
    assert(@NAME@_stop(&node, &none, NULL, self) == RAYP_OK);
    assert(strcmp(answer, "{\"results\": {}}") == 0);

    puts("all is well");
    return 0;
}
