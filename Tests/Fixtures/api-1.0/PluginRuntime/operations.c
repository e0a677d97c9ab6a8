/* Brings the operations that the manifest describes together with the rows of the library. */
#include <stdlib.h>
#include <string.h>

#include "runtime.h"

/* Enough for any plugin, and a bound on what a broken frame can ask for. */
enum { MOST_OPERATIONS = 256 };

/* The row of that name, or NULL. Rows may be longer than the one known here. */
static const rayp_operation_t *find_row(const rayp_plugin_t *table, ray_slice_t name)
{
    for (uint64_t i = 0; i < table->operation_count; i++) {
        const char *address = (const char *)table->operations + i * table->operation_size;
        const rayp_operation_t *row = (const rayp_operation_t *)(const void *)address;
        if (row->name != NULL && ray_slice_equal(ray_slice(row->name), name)) {
            return row;
        }
    }
    return NULL;
}

static ffi_type *slot_type(ray_type_t type)
{
    switch (type) {
    case RAY_TYPE_I64:
    case RAY_TYPE_BOOL: return &ffi_type_sint64;
    case RAY_TYPE_U64: return &ffi_type_uint64;
    default: return &ffi_type_pointer;
    }
}

static char *prepare_call(ray_operation_t *operation)
{
    const ray_signature_t *signature = &operation->signature;
    for (size_t i = 0; i < signature->count; i++) {
        operation->types[i] = slot_type(signature->parameters[i].type);
    }
    ffi_status status =
        ffi_prep_cif(&operation->cif, FFI_DEFAULT_ABI, (unsigned)signature->count, &ffi_type_sint32, operation->types);
    return status == FFI_OK ? NULL : ray_format("libffi cannot prepare the call, status %d", (int)status);
}

/* Parses and compares both signatures and prepares the call. Returns what is wrong, or NULL. */
static char *match(const rayp_operation_t *row, ray_slice_t described_text, ray_operation_t *operation)
{
    if (row->signature == NULL || row->function == NULL) {
        return ray_format("its row in the library has no %s", row->signature == NULL ? "signature" : "function");
    }
    ray_signature_t described;
    char *reason = ray_signature_parse(described_text, &described);
    if (reason == NULL) {
        reason = ray_signature_parse(ray_slice(row->signature), &operation->signature);
    }
    if (reason == NULL) {
        reason = ray_signature_compare(&described, &operation->signature);
    }
    operation->name = row->name;
    operation->function = row->function;
    return reason != NULL ? reason : prepare_call(operation);
}

char *ray_match_operations(ray_runtime_t *runtime, ray_reader_t *reader)
{
    uint32_t count = ray_read_u32(reader);
    if (reader->failed || count > MOST_OPERATIONS) {
        return ray_format("the description of the operations is malformed");
    }
    runtime->operations = calloc(count + 1, sizeof *runtime->operations);
    if (runtime->operations == NULL) {
        abort();
    }
    for (uint32_t i = 0; i < count; i++) {
        ray_slice_t name = ray_read_bytes(reader);
        ray_slice_t signature = ray_read_bytes(reader);
        if (reader->failed) {
            break;
        }
        const rayp_operation_t *row = find_row(runtime->table, name);
        if (row == NULL) {
            return ray_format("operation %.*s is in plugin.yaml but not in the library", RAY_SLICE(name));
        }
        char *wrong = match(row, signature, &runtime->operations[runtime->operation_count++]);
        if (wrong != NULL) {
            char *reason = ray_format("operation %.*s: %s", RAY_SLICE(name), wrong);
            free(wrong);
            return reason;
        }
    }
    return reader->failed || reader->left > 0 ? ray_format("the description of the operations is malformed") : NULL;
}
