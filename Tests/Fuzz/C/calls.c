/* Any bytes as the payload of a RAYF_OPEN, and of a RAYF_CALL for an open plugin. */
#include <stdlib.h>
#include <string.h>

#include "../../../Sources/PluginRuntime/fields.h"
#include "judge.h"
#include "ray_frames.h"
#include "ray_runtime.h"

/* Length, kind and call of a frame. */
enum { HEAD = 9 };

/* Memory of exactly that size, so that the checkers see who reads on. */
static uint8_t *exact_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    demand(copy != NULL);
    memcpy(copy, data, size);
    return copy;
}

/* A RAYF_OPEN for all operations of plugin.c that can be called. */
static ray_writer_t sound_open(void)
{
    static const char *const words[] = {
        "all", "request:json,name:text,root:path,count:i64,size:u64,force:bool,out:sink,op:op,self:self",
        "quote", "bytes:path,out:sink",
        "report", "bytes:path,level:i64,op:op",
        "status", "value:i64",
    };
    ray_writer_t frame = {0};
    ray_frame_begin(&frame, RAYF_OPEN, 0);
    ray_write_text(&frame, ray_slice("fuzzed"), SIZE_MAX);
    ray_write_text(&frame, ray_slice("1.0.0"), SIZE_MAX);
    ray_write_u32(&frame, 4);
    for (size_t i = 0; i < 8; i++) {
        ray_write_text(&frame, ray_slice(words[i]), SIZE_MAX);
    }
    return frame;
}

static void try_open(const uint8_t *payload, size_t size)
{
    judge_t judge = {0};
    ray_runtime_t *runtime = ray_runtime_open(fuzzed_library(), payload, size, judge_frame, &judge);
    demand(judge.counts[runtime == NULL ? RAYF_REFUSED : RAYF_READY] == 1);
    ray_runtime_close(runtime);
}

static void try_call(const uint8_t *payload, size_t size)
{
    static judge_t judge;
    static ray_runtime_t *runtime;
    if (runtime == NULL) {
        ray_writer_t frame = sound_open();
        runtime = ray_runtime_open(fuzzed_library(), frame.data + HEAD, frame.size - HEAD, judge_frame, &judge);
        demand(runtime != NULL);
        free(frame.data);
    }
    static uint32_t number;
    judge = (judge_t){0};
    ray_runtime_call(runtime, ++number, payload, size);
    demand(judge.counts[RAYF_RESULT] == 1);
}

/* The first byte says which of the two follows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    uint8_t *payload = exact_copy(data + 1, size - 1);
    (data[0] == 'o' ? try_open : try_call)(payload, size - 1);
    free(payload);
    return 0;
}
