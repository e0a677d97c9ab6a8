/* The signature of an operation: NAME:TYPE,NAME:TYPE,… */
#ifndef RAY_SIGNATURE_H
#define RAY_SIGNATURE_H

#include <ray/types.h>

#include "text.h"

typedef enum ray_type {
    RAY_TYPE_JSON,
    RAY_TYPE_TEXT,
    RAY_TYPE_PATH,
    RAY_TYPE_I64,
    RAY_TYPE_U64,
    RAY_TYPE_BOOL,
    RAY_TYPE_OP,
    RAY_TYPE_SINK,
    RAY_TYPE_SELF,
} ray_type_t;

/* One parameter; `text` is its whole NAME:TYPE. */
typedef struct ray_parameter {
    ray_slice_t text;
    ray_slice_t name;
    ray_type_t type;
} ray_parameter_t;

/* A signature, borrowed from the text that it was parsed from. */
typedef struct ray_signature {
    ray_slice_t text;
    size_t count;
    ray_parameter_t parameters[RAYP_MAX_PARAMETERS];
} ray_signature_t;

/* Parses a signature. Returns NULL, or why it is none, which the caller frees. */
char *ray_signature_parse(ray_slice_t text, ray_signature_t *signature);

/* Compares the signature of the manifest with the one in the library. Returns NULL when they are
 * the same, or how they differ, which the caller frees. */
char *ray_signature_compare(const ray_signature_t *described, const ray_signature_t *compiled);

#endif
