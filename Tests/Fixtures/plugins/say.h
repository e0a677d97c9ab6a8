/* Writes answers in pieces. */
#ifndef SAY_H
#define SAY_H

#include "fixture.h"
#include <stdarg.h>

__attribute__((format(printf, 2, 3))) static inline void say(rayp_sink_t *out, const char *format, ...)
{
    char text[512];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    fixture_answer(out, text);
}

static inline void member(rayp_sink_t *out, const char *before, const rayp_view_t *text)
{
    fixture_answer(out, before);
    fixture_host->write_text(out, text->data, text->size);
}

#endif
