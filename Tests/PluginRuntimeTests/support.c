#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ray_frames.h"
#include "tests.h"

int passed, failed;
const char *helper_path, *fixtures_folder, *plugins_folder, *older_folder;

void check(bool condition, const char *file, int line, const char *expression)
{
    if (condition) {
        passed++;
    } else {
        failed++;
        printf("%s:%d: %s\n", file, line, expression);
    }
}

void check_text(const char *actual, const char *expected, const char *file, int line, const char *expression)
{
    bool same = actual != NULL && strcmp(actual, expected) == 0;
    check(same, file, line, expression);
    if (!same) {
        printf("    is       %s\n    expected %s\n", actual == NULL ? "NULL" : actual, expected);
    }
}

void put(bytes_t *bytes, const void *data, size_t size)
{
    if (size > sizeof bytes->data - bytes->size) {
        abort();
    }
    if (size > 0) {
        memcpy(bytes->data + bytes->size, data, size);
    }
    bytes->size += size;
}

void put_integer(bytes_t *bytes, uint64_t value, int size)
{
    for (int i = 0; i < size; i++) {
        put(bytes, &(uint8_t){(uint8_t)(value >> (8 * i))}, 1);
    }
}

static void put_bytes(bytes_t *bytes, const void *data, size_t size)
{
    put_integer(bytes, size, 4);
    put(bytes, data, size);
}

void put_text(bytes_t *bytes, const char *text)
{
    put_bytes(bytes, text, strlen(text));
}

void make_open(bytes_t *bytes, const char *id, const char *version)
{
    bytes->size = 0;
    put_text(bytes, id);
    put_text(bytes, version);
    bytes->count_at = bytes->size;
    put_integer(bytes, 0, 4);
}

void add_operation(bytes_t *bytes, const char *name, const char *signature)
{
    bytes->data[bytes->count_at]++;
    put_text(bytes, name);
    put_text(bytes, signature);
}

void make_call(bytes_t *bytes, const char *operation, uint64_t milliseconds, uint64_t largest)
{
    bytes->size = 0;
    put_text(bytes, operation);
    put_integer(bytes, milliseconds, 8);
    put_integer(bytes, largest, 8);
    bytes->count_at = bytes->size;
    put_integer(bytes, 0, 4);
}

void add_bytes(bytes_t *bytes, const char *name, const void *value, size_t size)
{
    bytes->data[bytes->count_at]++;
    put_text(bytes, name);
    put_integer(bytes, RAYF_PRESENT, 1);
    put_bytes(bytes, value, size);
}

void add_text(bytes_t *bytes, const char *name, const char *value)
{
    add_bytes(bytes, name, value, strlen(value));
}

void add_integer(bytes_t *bytes, const char *name, uint64_t value)
{
    uint8_t little[8];
    for (int i = 0; i < 8; i++) {
        little[i] = (uint8_t)(value >> (8 * i));
    }
    add_bytes(bytes, name, little, sizeof little);
}

void add_absent(bytes_t *bytes, const char *name)
{
    bytes->data[bytes->count_at]++;
    put_text(bytes, name);
    put_integer(bytes, RAYF_ABSENT, 1);
    put_integer(bytes, 0, 4);
}

typedef struct cursor {
    const uint8_t *next, *end;
    bool broken;
} cursor_t;

static uint64_t get(cursor_t *cursor, int size)
{
    uint64_t value = 0;
    cursor->broken |= cursor->end - cursor->next < size;
    for (int i = 0; i < size && cursor->next < cursor->end; i++) {
        value |= (uint64_t)*cursor->next++ << (8 * i);
    }
    return value;
}

static char *get_text(cursor_t *cursor, size_t *size)
{
    *size = (size_t)get(cursor, 4);
    if ((size_t)(cursor->end - cursor->next) < *size) {
        cursor->broken = true;
        *size = 0;
    }
    char *text = calloc(1, *size + 1);
    memcpy(text, cursor->next, *size);
    cursor->next += *size;
    return text;
}

frame_t decode(const uint8_t *data, size_t size)
{
    cursor_t cursor = {data, data + size, false};
    frame_t frame = {0};
    size_t ignored;
    cursor.broken |= get(&cursor, 4) != size - 4;
    frame.kind = (uint8_t)get(&cursor, 1);
    frame.call = (uint32_t)get(&cursor, 4);
    if (frame.kind == RAYF_READY || frame.kind == RAYF_RESULT) {
        frame.status = (uint32_t)get(&cursor, 4);
    } else if (frame.kind == RAYF_LOG) {
        frame.status = (uint32_t)get(&cursor, 1);
    } else if (frame.kind == RAYF_PROGRESS) {
        frame.done = get(&cursor, 8);
        frame.total = get(&cursor, 8);
    }
    if (frame.kind == RAYF_READY) {
        frame.minor = (uint32_t)get(&cursor, 4);
    } else {
        if (frame.kind == RAYF_RESULT) {
            frame.result = get_text(&cursor, &frame.result_size);
        }
        if (frame.kind == RAYF_RESULT || frame.kind == RAYF_FINDING) {
            frame.error_class = get_text(&cursor, &ignored);
        }
        frame.text = get_text(&cursor, &frame.text_size);
    }
    if (cursor.broken || cursor.next != cursor.end) {
        CHECK(!"a well-formed frame");
    }
    return frame;
}

void free_frame(frame_t *frame)
{
    free(frame->result);
    free(frame->error_class);
    free(frame->text);
    *frame = (frame_t){0};
}

int open_library(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int library = open(path, O_RDONLY | O_CLOEXEC);
    if (library < 0) {
        perror(path);
        exit(1);
    }
    return library;
}

int main(int count, char **arguments)
{
    bool checked = count == 6 && strcmp(arguments[5], "--checked") == 0;
    if (count != 5 && !checked) {
        fputs("usage: tests HELPER FIXTURES PLUGINS OLDER [--checked]\n", stderr);
        return 2;
    }
    helper_path = arguments[1];
    fixtures_folder = arguments[2];
    plugins_folder = arguments[3];
    older_folder = arguments[4];
    setvbuf(stdout, NULL, _IOLBF, 0);
    test_texts();
    test_opening();
    test_calling();
    if (checked) {
        test_conversations();
    } else {
        test_helper();
        test_versions();
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0;
}
