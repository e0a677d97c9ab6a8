/* The operations of `@ID@`. generated.h, made from plugin.yaml, says what each is given; a function
 * that differs does not compile.
 *
 * A provider of real machines asks its cloud here. It never opens a connection to a node: it says how
 * each is reached, and the host does it. */
#include "generated.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static rayp_status_t put(const rayp_host_t *host, rayp_sink_t *out, const char *text)
{
    return host->write(out, text, strlen(text));
}

/* Checks the cluster file and resolves its defaults; `config` comes back in all other requests. */
rayp_status_t @NAME@_configure(const rayp_view_t *node, const rayp_view_t *file, uint64_t line, uint64_t column,
                               rayp_sink_t *out, void *self)
{
    const rayp_host_t *host = self;
    const char *name = node->size > 0 ? node->data : "@ID@-head";
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] != 0) {
        char position[80];
        snprintf(position, sizeof position, ", \"line\": %" PRIu64 ", \"column\": %" PRIu64, line, column);
        put(host, out, "{\"files\": [], \"diagnostics\": [{\"severity\": \"error\", \"class\": \"input\", \"message\": "
                       "\"the name of a node is lower-case letters, digits and `-`\", \"file\": ");
        put(host, out, file->size > 0 ? file->data : "null");
        put(host, out, position);
        return put(host, out, "}]}");
    }
    put(host, out, "{\"diagnostics\": [], \"files\": [], \"in_place\": true, \"creates\": [\"");
    put(host, out, name);
    put(host, out, ", which is this machine\"], \"config\": {\"node\": \"");
    put(host, out, name);
    return put(host, out, "\"}}");
}

static void put_node(const rayp_host_t *host, rayp_sink_t *out, const char *node)
{
    put(host, out, "{\"id\": ");
    put(host, out, node);
    put(host, out, ", \"kind\": \"head\", \"type\": \"@ID@\", \"state\": \"running\", "
                   "\"addresses\": {\"internal\": \"127.0.0.1\"}, \"tags\": {}}");
}

/* Lists every node of the cluster. */
rayp_status_t @NAME@_nodes(const rayp_view_t *node, rayp_sink_t *out, void *self)
{
    put(self, out, "{\"nodes\": [");
    put_node(self, out, node->data);
    return put(self, out, "]}");
}

/* Lists the nodes that a launch made: the same one. */
rayp_status_t @NAME@_find(const rayp_view_t *node, rayp_sink_t *out, void *self)
{
    return @NAME@_nodes(node, out, self);
}

/* Makes nodes; repeated with the same token it makes no more of them. This machine is the head, and
 * there is nothing to make a second node of. */
rayp_status_t @NAME@_launch(const rayp_view_t *node, const rayp_view_t *kind, int64_t count, rayp_sink_t *out,
                            void *self)
{
    int64_t made = strcmp(kind->data, "head") == 0 && count > 0 ? 1 : 0;
    put(self, out, "{\"nodes\": [");
    if (made > 0) {
        put_node(self, out, node->data);
    }
    if (made >= count) {
        return put(self, out, "], \"missing\": 0, \"errors\": []}");
    }
    char missing[64];
    snprintf(missing, sizeof missing, "], \"missing\": %" PRId64, count - made);
    put(self, out, missing);
    return put(self, out, ", \"errors\": [{\"class\": \"capacity\", \"message\": \"there is one node, this machine\"}]}");
}

/* The end of the JSON string that begins at `text`. */
static const char *end_of_string(const char *text)
{
    for (text++; *text != '"'; text++) {
        if (*text == '\\') {
            text++;
        }
    }
    return text + 1;
}

/* Writes `KEY: {ID: VALUE, …}` for the ids of a JSON list of strings: one value for our node, another
 * for all others, which are left out where that is NULL. */
static rayp_status_t put_each(const rayp_host_t *host, rayp_sink_t *out, const char *key, const char *ids,
                              const rayp_view_t *node, const char *ours, const char *other)
{
    const char *separator = "";
    put(host, out, key);
    for (const char *id = strchr(ids, '"'), *end; id != NULL; id = strchr(end, '"')) {
        end = end_of_string(id);
        bool is_ours = (uint64_t)(end - id) == node->size && memcmp(id, node->data, node->size) == 0;
        const char *value = is_ours ? ours : other;
        if (value != NULL) {
            put(host, out, separator);
            host->write(out, id, (uint64_t)(end - id));
            put(host, out, value);
            separator = ", ";
        }
    }
    return put(host, out, "}}");
}

/* This machine is neither started nor ended by a cluster that runs on it. */
static rayp_status_t unchanged(const rayp_view_t *node, const rayp_view_t *ids, rayp_sink_t *out, void *self)
{
    return put_each(self, out, "{\"results\": {", ids->data, node, ": \"already\"", ": \"failed\"");
}

rayp_status_t @NAME@_stop(const rayp_view_t *node, const rayp_view_t *ids, rayp_sink_t *out, void *self)
{
    return unchanged(node, ids, out, self);
}

rayp_status_t @NAME@_start(const rayp_view_t *node, const rayp_view_t *ids, rayp_sink_t *out, void *self)
{
    return unchanged(node, ids, out, self);
}

rayp_status_t @NAME@_terminate(const rayp_view_t *node, const rayp_view_t *ids, rayp_sink_t *out, void *self)
{
    return unchanged(node, ids, out, self);
}

/* Says how each node is reached; those that cannot be reached are left out. */
rayp_status_t @NAME@_access(const rayp_view_t *node, const rayp_view_t *ids, rayp_sink_t *out, void *self)
{
    return put_each(self, out, "{\"access\": {", ids->data, node, ": {\"via\": \"this-machine\"}", NULL);
}

/* Keeps the host's table, which comes back as `self` of every operation. */
static rayp_status_t keep_host(const rayp_host_t *host, void **self)
{
    *self = (void *)(uintptr_t)host;
    return RAYP_OK;
}

RAY_PLUGIN_TABLE(keep_host, NULL)
