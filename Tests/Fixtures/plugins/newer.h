/* For plugins of API 1.1 that run on older hosts: `plan` takes the host's version and its own key's
   text, and sets NEWER to that text, HOST_VERSION to the version and WRITTEN_BY to who wrote them. */
#ifndef NEWER_H
#define NEWER_H

#include "fixture.h"
#include <stdbool.h>

#define NEWER_SIGNATURE "host_version:text,text:text,out:sink,op:op"

static rayp_status_t newer_write(rayp_sink_t *out, const char *text)
{
    return fixture_host->write(out, text, strlen(text));
}

/* `text` as JSON, on an older host only where it needs no escapes: a real plugin brings its own. */
static rayp_status_t newer_text(rayp_sink_t *out, const rayp_view_t *text)
{
    if (RAYP_HAS(fixture_host, write_text)) {
        return fixture_host->write_text(out, text->data, text->size);
    }
    newer_write(out, "\"");
    for (uint64_t i = 0; i < text->size; i++) {
        bool plain = (unsigned char)text->data[i] >= 0x20 && strchr("\"\\", text->data[i]) == NULL;
        fixture_host->write(out, plain ? &text->data[i] : "?", 1);
    }
    return newer_write(out, "\"");
}

static rayp_status_t plan(const rayp_view_t *host_version, const rayp_view_t *text, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    newer_write(out,
        "{\"diagnostics\": [], \"files\": [], \"components\": {\"newer\": \"1\"}, \"inputs\": [], \"steps\": [], "
        "\"activation\": {\"set\": {\"NEWER\": ");
    newer_text(out, text);
    newer_write(out, ", \"HOST_VERSION\": ");
    newer_text(out, host_version);
    newer_write(out, ", \"WRITTEN_BY\": ");
    newer_write(out, RAYP_HAS(fixture_host, write_text) ? "\"host\"" : "\"plugin\"");
    return newer_write(out, "}}, \"verify\": \"true\", \"notes\": []}");
}

#endif
