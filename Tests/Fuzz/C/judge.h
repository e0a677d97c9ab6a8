/* What every frame that the runtime emits must be, whatever came in. */
#ifndef JUDGE_H
#define JUDGE_H

#include <stddef.h>
#include <stdint.h>

/* Frames of each kind that were emitted since the last reset. */
typedef struct judge {
    unsigned counts[256];
} judge_t;

/* A ray_emit_t; `context` is a judge. Ends the program when the frame is not one of ray_frames.h. */
void judge_frame(void *context, const uint8_t *frame, size_t size);

/* Ends the program unless `holds`. */
void demand(int holds);

/* The library in the environment's FUZZED_PLUGIN, open. */
int fuzzed_library(void);

/* In place of fcntl where the runtime keeps a descriptor of each library it opens: gives one for all,
 * since there is no end of them here. */
int keep_one_descriptor(int descriptor, int command, ...);

#endif
