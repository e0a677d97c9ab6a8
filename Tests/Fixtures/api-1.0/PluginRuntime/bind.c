/* Puts the named arguments of a call into the slots of an operation's parameters. */
#include <stdlib.h>
#include <string.h>

#include "runtime.h"

/* The parameter of that name which takes an argument, or NULL. */
static const ray_parameter_t *find_parameter(const ray_signature_t *signature, ray_slice_t name)
{
    for (size_t i = 0; i < signature->count; i++) {
        const ray_parameter_t *parameter = &signature->parameters[i];
        if (parameter->type < RAY_TYPE_OP && ray_slice_equal(parameter->name, name)) {
            return parameter;
        }
    }
    return NULL;
}

/* A copy with a NUL behind it, of exactly that size, so that memory checkers see a plugin that
 * reads on. */
static bool bind_view(ray_binding_t *binding, size_t index, ray_slice_t value)
{
    char *copy = malloc(value.size + 1);
    if (copy == NULL) {
        return false;
    }
    if (value.size > 0) {
        memcpy(copy, value.data, value.size);
    }
    copy[value.size] = 0;
    binding->copies[index] = copy;
    binding->views[index] = (rayp_view_t){copy, value.size};
    binding->slots[index].pointer = &binding->views[index];
    return true;
}

/* What is wrong with a value of this type, or NULL. */
static const char *check_view(ray_type_t type, ray_slice_t value)
{
    if (type != RAY_TYPE_JSON && value.size > 0 && memchr(value.data, 0, value.size) != NULL) {
        return "contains a NUL";
    }
    if (type != RAY_TYPE_PATH && !ray_utf8_valid(value)) {
        return "is not valid UTF-8";
    }
    return NULL;
}

static const char *bind_integer(ray_binding_t *binding, size_t index, ray_type_t type, ray_slice_t value)
{
    if (value.size != 8) {
        return "is not 8 bytes long";
    }
    uint64_t integer = ray_load_u64(value.data);
    if (type == RAY_TYPE_BOOL && integer > 1) {
        return "is neither 0 nor 1";
    }
    binding->slots[index].u64 = integer;
    return NULL;
}

/* Binds one value. Returns what is wrong with it, or NULL. */
static const char *bind_value(ray_binding_t *binding, size_t index, ray_type_t type, bool present, ray_slice_t value)
{
    if (binding->bound[index]) {
        return "is given twice";
    }
    binding->bound[index] = true;
    bool is_view = type <= RAY_TYPE_PATH;
    if (!is_view) {
        return present ? bind_integer(binding, index, type, value) : NULL;
    }
    const char *wrong = check_view(type, value);
    if (wrong != NULL) {
        return wrong;
    }
    return bind_view(binding, index, value) ? NULL : "does not fit into memory";
}

/* Reads one argument and binds it if the operation has a parameter of its name. */
static bool bind_argument(
    ray_runtime_t *runtime, const ray_operation_t *operation, ray_reader_t *reader, ray_binding_t *binding)
{
    ray_slice_t name = ray_read_bytes(reader);
    uint8_t present = ray_read_u8(reader);
    ray_slice_t value = ray_read_bytes(reader);
    if (reader->failed || present > RAYF_PRESENT || (present == RAYF_ABSENT && value.size > 0)) {
        ray_fail(runtime, "internal", ray_format("the call of %s is malformed in its arguments", operation->name));
        return false;
    }
    const ray_parameter_t *parameter = find_parameter(&operation->signature, name);
    if (parameter == NULL) {
        return true;
    }
    size_t index = (size_t)(parameter - operation->signature.parameters);
    const char *wrong = bind_value(binding, index, parameter->type, present == RAYF_PRESENT, value);
    if (wrong != NULL) {
        ray_fail(runtime, "input",
            ray_format("operation %s cannot be called: the value of %.*s %s", operation->name,
                RAY_SLICE(parameter->text), wrong));
    }
    return wrong == NULL;
}

/* Fills the slots that take no argument and makes sure that no other is empty. */
static bool bind_rest(ray_runtime_t *runtime, const ray_operation_t *operation, ray_binding_t *binding)
{
    for (size_t i = 0; i < operation->signature.count; i++) {
        const ray_parameter_t *parameter = &operation->signature.parameters[i];
        switch (parameter->type) {
        case RAY_TYPE_OP: binding->slots[i].pointer = &runtime->op; break;
        case RAY_TYPE_SINK: binding->slots[i].pointer = &runtime->sink; break;
        case RAY_TYPE_SELF: binding->slots[i].pointer = runtime->self; break;
        default:
            if (!binding->bound[i]) {
                ray_fail(runtime, "plugin",
                    ray_format("operation %s cannot be called: nothing is given for its parameter %.*s",
                        operation->name, RAY_SLICE(parameter->text)));
                return false;
            }
        }
    }
    return true;
}

bool ray_bind(ray_runtime_t *runtime, const ray_operation_t *operation, ray_reader_t *reader, ray_binding_t *binding)
{
    uint32_t count = ray_read_u32(reader);
    for (uint32_t i = 0; i < count; i++) {
        if (!bind_argument(runtime, operation, reader, binding)) {
            return false;
        }
    }
    if (reader->failed || reader->left > 0) {
        ray_fail(runtime, "internal", ray_format("the call of %s is malformed at its end", operation->name));
        return false;
    }
    return bind_rest(runtime, operation, binding);
}

void ray_binding_release(ray_binding_t *binding)
{
    for (size_t i = 0; i < RAYP_MAX_PARAMETERS; i++) {
        free(binding->copies[i]);
    }
}
