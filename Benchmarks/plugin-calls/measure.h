/* What the measurements share. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../../Sources/PluginRuntime/fields.h"

/* Nanoseconds on a clock that only goes forward. */
int64_t now(void);

/* Sorts the samples and returns the one below which that part of them lies. */
double quantile(double *samples, size_t count, double part);

/* Prints one figure with its aim beside it. */
void print_figure(const char *what, double value, const char *unit, const char *aim);

/* Says what failed, and ends the program. */
_Noreturn void give_up(const char *what);

/* Opens the library at `path`. */
int open_library(const char *path);

/* A RAYF_OPEN of a plugin, with a row of `operations` (name, signature) for each of `count`. */
void make_open(ray_writer_t *frame, const char *id, const char *version, const char *const (*operations)[2], uint32_t count);
/* A RAYF_CALL, and its arguments, as many as were announced. */
void make_call(ray_writer_t *frame, const char *operation, uint32_t arguments);
void add_argument(ray_writer_t *frame, const char *name, const void *value, size_t size);

/* The operations of plugin.c. */
extern const char *const measured_operations[3][2];

void measure_described_calls(const char *library);

void measure_round_trips(const char *helper, const char *library);
void measure_start(const char *helper, const char *library, const char *id, const char *version, const char *aim);
void measure_crash(const char *helper, const char *library);

#endif
