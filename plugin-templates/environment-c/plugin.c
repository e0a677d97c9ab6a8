/* The operations of `@ID@`. generated.h, made from plugin.yaml, says what each is given; a function
 * that differs does not compile. */
#include "generated.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static rayp_status_t put(const rayp_host_t *host, rayp_sink_t *out, const char *text)
{
    return host->write(out, text, strlen(text));
}

/* What keeps a text from being used, or NULL. */
static const char *fault(const char *text)
{
    if (text[strspn(text, " \t\r\n")] == 0) {
        return "the text is empty";
    }
    return strpbrk(text, "\r\n") != NULL ? "the text has more than one line" : NULL;
}

/* Looks at the text and says what is wrong with it and where; changes nothing. */
rayp_status_t @NAME@_check(const rayp_view_t *text, const rayp_view_t *file, uint64_t line, uint64_t column,
                           rayp_sink_t *out, void *self)
{
    const rayp_host_t *host = self;
    const char *message = fault(text->data);
    if (message == NULL) {
        return put(host, out, "{\"diagnostics\": [], \"files\": []}");
    }
    char position[80];
    snprintf(position, sizeof position, ", \"line\": %" PRIu64 ", \"column\": %" PRIu64, line, column);
    put(host, out, "{\"files\": [], \"diagnostics\": [{\"severity\": \"error\", \"class\": \"input\", \"message\": \"");
    put(host, out, message);
    put(host, out, "\", \"hint\": \"write one line of text\", \"file\": ");
    put(host, out, file->data);
    put(host, out, position);
    return put(host, out, "}]}");
}

/* Says what to build: the same answer for the same request. The host runs the steps. */
rayp_status_t @NAME@_plan(const rayp_view_t *text, rayp_sink_t *out, void *self)
{
    const rayp_host_t *host = self;
    put(host, out, "{\"diagnostics\": [], \"files\": [], \"inputs\": [], \"notes\": [], \"components\": {\"text\": ");
    put(host, out, text->data);
    put(host, out,
        "}, \"steps\": [{\"title\": \"write the program @ID@\", \"timeout\": 60, \"script\": \""
        "mkdir -p \\\"$RAY_LAYER/bin\\\"\\n"
        "cat > \\\"$RAY_LAYER/bin/@ID@\\\" <<'END'\\n"
        "#!/bin/sh\\n"
        "printf '%s\\\\n' \\\"$@VARIABLE@_TEXT\\\"\\n"
        "END\\n"
        "chmod +x \\\"$RAY_LAYER/bin/@ID@\\\"\\n"
        "\"}], \"activation\": {\"prepend\": {\"PATH\": \"${prefix}/bin\"}, \"set\": {\"@VARIABLE@_TEXT\": ");
    put(host, out, text->data);
    /* Runs inside the finished layer; where it fails, nobody gets to see the layer. */
    return put(host, out, "}}, \"verify\": \"test \\\"$(@ID@)\\\" = \\\"$@VARIABLE@_TEXT\\\"\"}");
}

/* Keeps the host's table, which comes back as `self` of every operation. */
static rayp_status_t start(const rayp_host_t *host, void **self)
{
    *self = (void *)(uintptr_t)host;
    return RAYP_OK;
}

RAY_PLUGIN_TABLE(start, NULL)
