#include "text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ray_slice_t ray_slice(const char *text)
{
    return (ray_slice_t){text, strlen(text)};
}

bool ray_slice_equal(ray_slice_t left, ray_slice_t right)
{
    return left.size == right.size && (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

char *ray_format(const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);
    if (text == NULL) {
        abort();
    }
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

/* The length that the first byte announces, and the range of the second byte, which is what rules
 * out overlong forms, surrogates and all beyond U+10FFFF. */
static size_t utf8_length(uint8_t first, uint8_t *low, uint8_t *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xC2 || first > 0xF4) {
        return 0;
    }
    switch (first) {
    case 0xE0: *low = 0xA0; break;
    case 0xED: *high = 0x9F; break;
    case 0xF0: *low = 0x90; break;
    case 0xF4: *high = 0x8F; break;
    }
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

bool ray_utf8_character(ray_slice_t text, size_t *size)
{
    const uint8_t *bytes = (const uint8_t *)text.data;
    uint8_t low, high;
    size_t length = utf8_length(bytes[0], &low, &high);
    *size = 1;
    while (*size < length) {
        if (*size == text.size || bytes[*size] < low || bytes[*size] > high) {
            return false;
        }
        low = 0x80;
        high = 0xBF;
        *size += 1;
    }
    return length != 0;
}

bool ray_utf8_valid(ray_slice_t text)
{
    while (text.size > 0) {
        size_t size;
        if (!ray_utf8_character(text, &size)) {
            return false;
        }
        text.data += size;
        text.size -= size;
    }
    return true;
}
