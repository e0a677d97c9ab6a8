#include "fields.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t *take(ray_reader_t *reader, size_t size)
{
    if (reader->failed || reader->left < size) {
        reader->failed = true;
        return NULL;
    }
    const uint8_t *bytes = reader->next;
    reader->next += size;
    reader->left -= size;
    return bytes;
}

static uint64_t load(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

static uint64_t read_integer(ray_reader_t *reader, unsigned size)
{
    const uint8_t *bytes = take(reader, size);
    return bytes == NULL ? 0 : load(bytes, size);
}

uint8_t ray_read_u8(ray_reader_t *reader)
{
    return (uint8_t)read_integer(reader, 1);
}

uint32_t ray_read_u32(ray_reader_t *reader)
{
    return (uint32_t)read_integer(reader, 4);
}

uint64_t ray_read_u64(ray_reader_t *reader)
{
    return read_integer(reader, 8);
}

ray_slice_t ray_read_bytes(ray_reader_t *reader)
{
    uint32_t size = ray_read_u32(reader);
    const uint8_t *bytes = take(reader, size);
    return bytes == NULL ? (ray_slice_t){"", 0} : (ray_slice_t){(const char *)bytes, size};
}

uint64_t ray_load_u64(const void *data)
{
    return load(data, 8);
}

bool ray_writer_reserve(ray_writer_t *writer, size_t more)
{
    if (more <= writer->capacity - writer->size) {
        return true;
    }
    if (more > SIZE_MAX / 2 - writer->size) {
        return false;
    }
    size_t capacity = writer->capacity < 128 ? 256 : 2 * writer->capacity;
    if (capacity < writer->size + more) {
        capacity = writer->size + more;
    }
    uint8_t *data = realloc(writer->data, capacity);
    if (data == NULL) {
        return false;
    }
    writer->data = data;
    writer->capacity = capacity;
    return true;
}

static void append(ray_writer_t *writer, const void *data, size_t size)
{
    if (!ray_writer_reserve(writer, size)) {
        abort();
    }
    if (size > 0) {
        memcpy(writer->data + writer->size, data, size);
        writer->size += size;
    }
}

static void store(uint8_t *bytes, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

static void write_integer(ray_writer_t *writer, uint64_t value, unsigned size)
{
    uint8_t bytes[8];
    store(bytes, value, size);
    append(writer, bytes, size);
}

void ray_write_u8(ray_writer_t *writer, uint8_t value)
{
    write_integer(writer, value, 1);
}

void ray_write_u32(ray_writer_t *writer, uint32_t value)
{
    write_integer(writer, value, 4);
}

void ray_write_u64(ray_writer_t *writer, uint64_t value)
{
    write_integer(writer, value, 8);
}

void ray_patch_u32(ray_writer_t *writer, size_t offset, uint32_t value)
{
    store(writer->data + offset, value, 4);
}

void ray_frame_begin(ray_writer_t *writer, uint8_t kind, uint32_t call)
{
    writer->size = 0;
    ray_write_u32(writer, 0);
    ray_write_u8(writer, kind);
    ray_write_u32(writer, call);
}

void ray_frame_end(ray_writer_t *writer)
{
    ray_patch_u32(writer, 0, (uint32_t)(writer->size - 4));
}

void ray_write_text(ray_writer_t *writer, ray_slice_t text, size_t most)
{
    size_t start = writer->size;
    ray_write_u32(writer, 0);
    while (text.size > 0) {
        size_t size;
        bool valid = ray_utf8_character(text, &size);
        if (size > most) {
            append(writer, "\u2026", strlen("\u2026"));
            break;
        }
        if (valid) {
            append(writer, text.data, size);
        } else {
            append(writer, "\uFFFD", strlen("\uFFFD"));
        }
        text.data += size;
        text.size -= size;
        most -= size;
    }
    ray_patch_u32(writer, start, (uint32_t)(writer->size - start - 4));
}
