#include "judge.h"

#include <fcntl.h>
#include <stdlib.h>

#include "../../../Sources/PluginRuntime/fields.h"
#include "ray_frames.h"

void demand(int holds)
{
    if (!holds) {
        abort();
    }
}

static void demand_text(ray_reader_t *reader)
{
    demand(ray_utf8_valid(ray_read_bytes(reader)));
}

static void judge_result(ray_reader_t *reader)
{
    uint32_t status = ray_read_u32(reader);
    ray_slice_t result = ray_read_bytes(reader);
    demand(status <= 2 && (status == 0 || result.size == 0));
    demand_text(reader);
    demand_text(reader);
}

void judge_frame(void *context, const uint8_t *frame, size_t size)
{
    judge_t *judge = context;
    ray_reader_t reader = {frame, size, 0};
    demand(ray_read_u32(&reader) == size - 4);
    uint8_t kind = ray_read_u8(&reader);
    ray_read_u32(&reader);
    judge->counts[kind]++;
    switch (kind) {
    case RAYF_READY: ray_read_u64(&reader); break;
    case RAYF_REFUSED: demand_text(&reader); break;
    case RAYF_LOG:
        demand(ray_read_u8(&reader) <= 3);
        demand_text(&reader);
        break;
    case RAYF_PROGRESS:
        ray_read_u64(&reader);
        ray_read_u64(&reader);
        demand_text(&reader);
        break;
    case RAYF_RESULT: judge_result(&reader); break;
    default: abort();
    }
    demand(!reader.failed && reader.left == 0);
}

int fuzzed_library(void)
{
    static int library = -1;
    if (library < 0) {
        const char *path = getenv("FUZZED_PLUGIN");
        library = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
        demand(library >= 0);
    }
    return library;
}

int keep_one_descriptor(int descriptor, int command, ...)
{
    static int kept = -1;
    if (kept < 0) {
        kept = fcntl(descriptor, command, 0);
    }
    return kept;
}
