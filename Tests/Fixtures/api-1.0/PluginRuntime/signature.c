#include "signature.h"

#include <string.h>

/* In the order of ray_type_t. */
static const char *const type_names[] = {"json", "text", "path", "i64", "u64", "bool", "op", "sink", "self"};

static bool parse_type(ray_slice_t name, ray_type_t *type)
{
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++) {
        if (ray_slice_equal(name, ray_slice(type_names[i]))) {
            *type = (ray_type_t)i;
            return true;
        }
    }
    return false;
}

static bool is_name(ray_slice_t name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') {
            return false;
        }
    }
    return name.size > 0;
}

static char *parse_parameter(ray_slice_t text, ray_signature_t *signature)
{
    size_t number = signature->count + 1;
    if (number > RAYP_MAX_PARAMETERS) {
        return ray_format("(%.*s) has more than %d parameters", RAY_SLICE(signature->text), RAYP_MAX_PARAMETERS);
    }
    ray_parameter_t parameter = {.text = text};
    const char *colon = text.size == 0 ? NULL : memchr(text.data, ':', text.size);
    if (colon != NULL) {
        parameter.name = (ray_slice_t){text.data, (size_t)(colon - text.data)};
    }
    if (!is_name(parameter.name)) {
        return ray_format("parameter %zu of (%.*s) is not NAME:TYPE", number, RAY_SLICE(signature->text));
    }
    ray_slice_t type = {colon + 1, text.size - parameter.name.size - 1};
    if (!parse_type(type, &parameter.type)) {
        return ray_format(
            "parameter %zu, %.*s, has an unknown type; "
            "the types are json, text, path, i64, u64, bool, op, sink and self",
            number, RAY_SLICE(text));
    }
    for (size_t i = 0; i < signature->count; i++) {
        if (ray_slice_equal(signature->parameters[i].name, parameter.name)) {
            return ray_format(
                "parameters %zu and %zu of (%.*s) have the same name", i + 1, number, RAY_SLICE(signature->text));
        }
    }
    signature->parameters[signature->count++] = parameter;
    return NULL;
}

char *ray_signature_parse(ray_slice_t text, ray_signature_t *signature)
{
    *signature = (ray_signature_t){.text = text};
    if (text.size == 0) {
        return NULL;
    }
    for (;;) {
        const char *comma = memchr(text.data, ',', text.size);
        size_t size = comma == NULL ? text.size : (size_t)(comma - text.data);
        char *reason = parse_parameter((ray_slice_t){text.data, size}, signature);
        if (reason != NULL || comma == NULL) {
            return reason;
        }
        text = (ray_slice_t){comma + 1, text.size - size - 1};
    }
}

static ray_slice_t parameter_text(const ray_signature_t *signature, size_t index)
{
    return index < signature->count ? signature->parameters[index].text : ray_slice("nothing");
}

char *ray_signature_compare(const ray_signature_t *described, const ray_signature_t *compiled)
{
    if (ray_slice_equal(described->text, compiled->text)) {
        return NULL;
    }
    size_t first = 0;
    while (ray_slice_equal(parameter_text(described, first), parameter_text(compiled, first))) {
        first++;
    }
    return ray_format(
        "plugin.yaml says (%.*s) and the library (%.*s); "
        "they differ first in parameter %zu: %.*s in plugin.yaml, %.*s in the library",
        RAY_SLICE(described->text), RAY_SLICE(compiled->text), first + 1, RAY_SLICE(parameter_text(described, first)),
        RAY_SLICE(parameter_text(compiled, first)));
}
