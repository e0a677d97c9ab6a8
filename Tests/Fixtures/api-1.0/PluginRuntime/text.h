/* Borrowed text, and UTF-8. */
#ifndef RAY_TEXT_H
#define RAY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Borrowed bytes without a NUL at the end. `data` may be NULL when `size` is 0. */
typedef struct ray_slice {
    const char *data;
    size_t size;
} ray_slice_t;

/* A slice as the two arguments of "%.*s", cut to what a message can bear. */
#define RAY_SLICE(slice) (int)((slice).size > 200 ? 200 : (slice).size), ((slice).size ? (slice).data : "")

/* The slice of a C string, borrowed. */
ray_slice_t ray_slice(const char *text);

/* Whether two slices hold the same bytes. */
bool ray_slice_equal(ray_slice_t left, ray_slice_t right);

/* Formats like printf. Returns memory that the caller frees; ends the process when there is none. */
char *ray_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Looks at the first character of a slice that is not empty. Returns whether it is valid UTF-8 and
 * stores how many bytes it has; of an invalid one, how many bytes one U+FFFD stands for. */
bool ray_utf8_character(ray_slice_t text, size_t *size);

/* Whether all of the slice is valid UTF-8. */
bool ray_utf8_valid(ray_slice_t text);

#endif
