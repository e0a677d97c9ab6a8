#include "measure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ray_frames.h"

const char *const measured_operations[3][2] = {
    {"add", "a:i64,b:i64"}, {"echo", "request:json,out:sink,op:op"}, {"crash", ""}};

int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double quantile(double *samples, size_t count, double part)
{
    qsort(samples, count, sizeof *samples, compare);
    return samples[(size_t)((double)(count - 1) * part)];
}

void print_figure(const char *what, double value, const char *unit, const char *aim)
{
    printf("%-62s %10.1f %-3s %s%s\n", what, value, unit, *aim == 0 ? "" : "aim ", aim);
}

_Noreturn void give_up(const char *what)
{
    fprintf(stderr, "plugin-calls: %s\n", what);
    exit(1);
}

int open_library(const char *path)
{
    int library = open(path, O_RDONLY | O_CLOEXEC);
    if (library < 0) {
        give_up(path);
    }
    return library;
}

static void write_word(ray_writer_t *frame, const char *word)
{
    ray_write_text(frame, ray_slice(word), SIZE_MAX);
}

void make_open(ray_writer_t *frame, const char *id, const char *version, const char *const (*operations)[2], uint32_t count)
{
    ray_frame_begin(frame, RAYF_OPEN, 0);
    write_word(frame, id);
    write_word(frame, version);
    ray_write_u32(frame, count);
    for (uint32_t i = 0; i < count; i++) {
        write_word(frame, operations[i][0]);
        write_word(frame, operations[i][1]);
    }
    ray_frame_end(frame);
}

void make_call(ray_writer_t *frame, const char *operation, uint32_t arguments)
{
    ray_frame_begin(frame, RAYF_CALL, 1);
    write_word(frame, operation);
    ray_write_u64(frame, 60000);
    ray_write_u64(frame, 1 << 20);
    ray_write_u32(frame, arguments);
    ray_frame_end(frame);
}

void add_argument(ray_writer_t *frame, const char *name, const void *value, size_t size)
{
    write_word(frame, name);
    ray_write_u8(frame, RAYF_PRESENT);
    ray_write_u32(frame, (uint32_t)size);
    if (!ray_writer_reserve(frame, size)) {
        give_up("there is no memory");
    }
    memcpy(frame->data + frame->size, value, size);
    frame->size += size;
    ray_frame_end(frame);
}
