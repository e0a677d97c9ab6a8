/* The result of a call: what an operation writes to its sink. */
#include <stdio.h>
#include <string.h>

#include "runtime.h"

static bool is_open(const rayp_sink_t *sink)
{
    return sink != NULL && sink->active && !sink->overflown;
}

/* Makes room for `size` more bytes of the result; false, after ray_fail, when it may not be. */
static bool reserve(rayp_sink_t *sink, uint64_t size)
{
    size_t used = sink->frame.size - RAY_RESULT_DATA;
    if (size > sink->limit - used) {
        sink->overflown = true;
        ray_fail(sink->runtime, "plugin",
            ray_format("the result is larger than %llu bytes", (unsigned long long)sink->limit));
    } else if (!ray_writer_reserve(&sink->frame, (size_t)size)) {
        sink->overflown = true;
        ray_fail(sink->runtime, "internal", ray_format("there is no memory for the result"));
    }
    return !sink->overflown;
}

rayp_status_t ray_sink_write(rayp_sink_t *sink, const void *data, uint64_t size)
{
    if (!is_open(sink) || (data == NULL && size > 0) || !reserve(sink, size)) {
        return RAYP_FAILED;
    }
    if (size > 0) {
        memcpy(sink->frame.data + sink->frame.size, data, (size_t)size);
        sink->frame.size += (size_t)size;
    }
    return RAYP_OK;
}

/* Whole and valid characters at the beginning of `text` that stand for themselves in JSON. */
static size_t plain_prefix(ray_slice_t text)
{
    size_t plain = 0;
    while (plain < text.size) {
        uint8_t first = (uint8_t)text.data[plain];
        size_t size = 1;
        if (first < 0x20 || first == '"' || first == '\\') {
            break;
        }
        if (first >= 0x80 && !ray_utf8_character((ray_slice_t){text.data + plain, text.size - plain}, &size)) {
            break;
        }
        plain += size;
    }
    return plain;
}

/* Writes what stands in JSON for the first character, one that does not stand for itself, and stores
 * how many bytes it has. */
static rayp_status_t write_escaped(rayp_sink_t *sink, ray_slice_t text, size_t *size)
{
    if (!ray_utf8_character(text, size)) {
        return ray_sink_write(sink, "\uFFFD", strlen("\uFFFD"));
    }
    char escape[7] = {'\\', text.data[0]};
    switch (text.data[0]) {
    case '\n': escape[1] = 'n'; break;
    case '\t': escape[1] = 't'; break;
    case '\r': escape[1] = 'r'; break;
    case '"':
    case '\\': break;
    default: snprintf(escape, sizeof escape, "\\u%04x", (unsigned)text.data[0]);
    }
    return ray_sink_write(sink, escape, strlen(escape));
}

rayp_status_t ray_sink_write_text(rayp_sink_t *sink, const char *data, uint64_t size)
{
    /* Each byte becomes one or more, so a size that is too large is found before the text is read. */
    if (!is_open(sink) || (data == NULL && size > 0) || !reserve(sink, size)) {
        return RAYP_FAILED;
    }
    ray_slice_t text = {data, (size_t)size};
    rayp_status_t status = ray_sink_write(sink, "\"", 1);
    while (status == RAYP_OK && text.size > 0) {
        size_t taken = plain_prefix(text);
        status = taken > 0 ? ray_sink_write(sink, text.data, taken) : write_escaped(sink, text, &taken);
        text.data += taken;
        text.size -= taken;
    }
    return status == RAYP_OK ? ray_sink_write(sink, "\"", 1) : status;
}
