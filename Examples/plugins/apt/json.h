/* As much of reading JSON as picking values out of it takes. All texts are JSON as the host passes it,
 * with a NUL behind them. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

/* A value inside a text; `text` is NULL where there is none. */
typedef struct {
    const char *text;
    size_t size;
} json_t;

/* The value that a text begins with. */
json_t json_value(const char *text);

/* The member of an object that has this key. */
json_t json_member(json_t object, const char *key);

/* The first item of a list, and the one behind another. */
json_t json_first(json_t list);
json_t json_next(json_t item);

/* Whether a value is a string, and the text between its quotes, escapes and all. */
bool json_is_string(json_t value);
json_t json_inside(json_t string);

#endif
