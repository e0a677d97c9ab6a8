/* Reading and writing the fields and frames of ray_frames.h. */
#ifndef RAY_FIELDS_H
#define RAY_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* Reads fields from borrowed bytes. A read beyond the end sets `failed`, and it and all later
 * reads give 0 or nothing, so it is enough to ask once, before what was read is used. */
typedef struct ray_reader {
    const uint8_t *next;
    size_t left;
    bool failed;
} ray_reader_t;

uint8_t ray_read_u8(ray_reader_t *reader);
uint32_t ray_read_u32(ray_reader_t *reader);
uint64_t ray_read_u64(ray_reader_t *reader);
ray_slice_t ray_read_bytes(ray_reader_t *reader);

/* The integer in the first 8 bytes at `data`. */
uint64_t ray_load_u64(const void *data);

/* A frame being written. All zero is an empty one; `data` is freed by whoever made it. */
typedef struct ray_writer {
    uint8_t *data;
    size_t size;
    size_t capacity;
} ray_writer_t;

/* Makes room for `more` bytes. Returns false when there is no memory; then nothing changed. */
bool ray_writer_reserve(ray_writer_t *writer, size_t more);

/* The functions below end the process when there is no memory. */

/* Begins a frame in place of whatever the writer held. */
void ray_frame_begin(ray_writer_t *writer, uint8_t kind, uint32_t call);
/* Fills in the length. The frame is then `data`, `size`. */
void ray_frame_end(ray_writer_t *writer);

void ray_write_u8(ray_writer_t *writer, uint8_t value);
void ray_write_u32(ray_writer_t *writer, uint32_t value);
void ray_write_u64(ray_writer_t *writer, uint64_t value);

/* Writes a `bytes` field of valid UTF-8: what is not becomes U+FFFD, and what lies beyond `most`
 * bytes becomes an ellipsis. */
void ray_write_text(ray_writer_t *writer, ray_slice_t text, size_t most);

/* Overwrites the u32 at `offset`. */
void ray_patch_u32(ray_writer_t *writer, size_t offset, uint32_t value);

#endif
