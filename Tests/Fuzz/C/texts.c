/* Signatures, and what write_text makes of any text. */
#include <stdlib.h>
#include <string.h>

#include "../../../Sources/PluginRuntime/runtime.h"
#include "judge.h"

static void judge_signature(ray_slice_t text, const ray_signature_t *signature)
{
    demand(signature->count <= RAYP_MAX_PARAMETERS);
    for (size_t i = 0; i < signature->count; i++) {
        const ray_parameter_t *parameter = &signature->parameters[i];
        demand(parameter->text.data >= text.data);
        demand(parameter->text.data + parameter->text.size <= text.data + text.size);
        demand(parameter->name.size > 0 && parameter->name.size < parameter->text.size);
        demand(parameter->type <= RAY_TYPE_SELF);
    }
}

/* Two signatures, parted by a line break. */
static void try_signatures(ray_slice_t text)
{
    const char *end = text.size == 0 ? NULL : memchr(text.data, '\n', text.size);
    size_t first = end == NULL ? text.size : (size_t)(end - text.data);
    ray_slice_t parts[] = {{text.data, first}, {text.data + first, text.size - first}};
    if (end != NULL) {
        parts[1].data++;
        parts[1].size--;
    }
    ray_signature_t signatures[2];
    int sound = 0;
    for (int i = 0; i < 2; i++) {
        char *wrong = ray_signature_parse(parts[i], &signatures[i]);
        sound += wrong == NULL;
        free(wrong);
        judge_signature(parts[i], &signatures[i]);
    }
    if (sound == 2) {
        char *differ = ray_signature_compare(&signatures[0], &signatures[1]);
        demand((differ == NULL) == ray_slice_equal(parts[0], parts[1]));
        free(differ);
    }
}

static void demand_json_string(ray_slice_t text)
{
    demand(text.size >= 2 && text.data[0] == '"' && text.data[text.size - 1] == '"' && ray_utf8_valid(text));
    for (size_t i = 1; i + 1 < text.size; i++) {
        demand((uint8_t)text.data[i] >= 0x20 && text.data[i] != '"');
        if (text.data[i] == '\\') {
            i++;
            demand(i + 1 < text.size && strchr("nrtu\"\\", text.data[i]) != NULL);
        }
    }
}

static void try_text(ray_slice_t text, uint64_t limit)
{
    judge_t judge = {0};
    ray_runtime_t runtime = {.lock = PTHREAD_MUTEX_INITIALIZER, .emit = judge_frame, .context = &judge};
    struct rayp_sink sink = {.runtime = &runtime, .active = true, .limit = limit};
    ray_frame_begin(&sink.frame, RAYF_RESULT, 1);
    ray_write_u32(&sink.frame, 0);
    ray_write_u32(&sink.frame, 0);
    rayp_status_t status = ray_sink_write_text(&sink, text.data, text.size);
    ray_slice_t written = {(const char *)sink.frame.data + RAY_RESULT_DATA, sink.frame.size - RAY_RESULT_DATA};
    demand(written.size <= limit);
    demand(status == (sink.overflown ? RAYP_FAILED : RAYP_OK));
    if (status == RAYP_OK) {
        demand_json_string(written);
    }
    free(sink.frame.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size == 0 ? 1 : size);
    demand(copy != NULL);
    memcpy(copy, data, size);
    ray_slice_t text = {copy, size};
    try_signatures(text);
    try_text(text, UINT64_MAX);
    try_text(text, size);
    free(copy);
    return 0;
}
