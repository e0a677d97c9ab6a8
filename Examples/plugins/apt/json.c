#include "json.h"
#include <string.h>

static const char *skip_space(const char *text)
{
    return text + strspn(text, " \t\r\n");
}

static const char *end_of_string(const char *text)
{
    for (text++; *text != 0 && *text != '"'; text++) {
        if (*text == '\\' && text[1] != 0) {
            text++;
        }
    }
    return *text == 0 ? text : text + 1;
}

static const char *end_of_value(const char *text)
{
    if (*text == '"') {
        return end_of_string(text);
    }
    if (*text != '{' && *text != '[') {
        return text + strcspn(text, ",]} \t\r\n");
    }
    size_t depth = 0;
    do {
        if (*text == '"') {
            text = end_of_string(text);
            continue;
        }
        depth += *text == '{' || *text == '[';
        depth -= *text == '}' || *text == ']';
        text++;
    } while (depth > 0 && *text != 0);
    return text;
}

json_t json_value(const char *text)
{
    text = skip_space(text);
    return (json_t){text, (size_t)(end_of_value(text) - text)};
}

/* Whether a string has this text; a slash may be escaped. */
static bool reads(json_t string, const char *text)
{
    const char *next = string.text + 1, *end = string.text + string.size - 1;
    for (; next < end; next++, text++) {
        if (*next == '\\' && next[1] == '/') {
            next++;
        }
        if (*next != *text) {
            return false;
        }
    }
    return *text == 0;
}

json_t json_member(json_t object, const char *key)
{
    if (object.text == NULL || *object.text != '{') {
        return (json_t){0};
    }
    for (const char *next = skip_space(object.text + 1); *next == '"';) {
        json_t name = json_value(next);
        next = skip_space(name.text + name.size);
        json_t value = json_value(next + (*next == ':'));
        if (reads(name, key)) {
            return value;
        }
        next = skip_space(value.text + value.size);
        next = skip_space(next + (*next == ','));
    }
    return (json_t){0};
}

json_t json_first(json_t list)
{
    if (list.text == NULL || *list.text != '[') {
        return (json_t){0};
    }
    const char *next = skip_space(list.text + 1);
    return *next == ']' ? (json_t){0} : json_value(next);
}

json_t json_next(json_t item)
{
    const char *next = skip_space(item.text + item.size);
    return *next == ',' ? json_value(next + 1) : (json_t){0};
}

bool json_is_string(json_t value)
{
    return value.text != NULL && *value.text == '"' && value.size >= 2;
}

json_t json_inside(json_t string)
{
    return (json_t){string.text + 1, string.size - 2};
}
