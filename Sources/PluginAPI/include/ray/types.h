/* The values that cross the boundary between the host and a plugin.
 *
 * Every parameter of an operation is one 64-bit slot. The manifest names its type; this is what
 * the C side of each type is:
 *
 *   json, text, path   const rayp_view_t *   borrowed bytes
 *   i64                int64_t
 *   u64                uint64_t
 *   bool               int64_t               0 or 1
 *   op                 const rayp_op_t *     this call
 *   sink               rayp_sink_t *         where the result is written
 *   self               void *                what the plugin's `start` returned
 *
 * Nothing is freed across the boundary: inputs are borrowed for the call, results are written.
 */
#ifndef RAY_TYPES_H
#define RAY_TYPES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this contract. A greater minor version only ever adds at the end of a table, and
 * each addition says since when it is there: so a host serves every plugin of the same major
 * version, older or newer than itself, and a plugin asks before it uses what came after 1.0.
 *
 * 1.1 added `write_text` to the host's table, and the operations `lock` and `explain` of builders,
 * which a plugin may leave out. */
#define RAYP_API_MAJOR 1
#define RAYP_API_MINOR 1

/* An operation has at most this many parameters. */
#define RAYP_MAX_PARAMETERS 12

/* Borrowed bytes.
 *
 * `data` is never NULL and data[size] is always 0, so text may be read as a C string. `json` and
 * `text` are valid UTF-8; `text` and `path` contain no NUL. An absent optional value has size 0.
 * The bytes belong to the host and are valid until the operation returns; a plugin that needs
 * them longer copies them. */
typedef struct rayp_view {
    const char *data;
    uint64_t size;
} rayp_view_t;

/* One call of one operation. Valid until the operation returns. */
typedef struct rayp_op rayp_op_t;

/* Where an operation writes its result. Valid until the operation returns. */
typedef struct rayp_sink rayp_sink_t;

/* What an operation returns. Values that are not listed are treated as RAYP_FAILED. */
typedef int32_t rayp_status_t;

enum {
    /* The result, if the operation has one, was written to its sink. */
    RAYP_OK = 0,
    /* The operation failed; `fail` of the host's table was called with the reason. What was
     * written to the sink is discarded. */
    RAYP_FAILED = 1,
    /* The operation stopped because `cancelled` of the host's table said so. */
    RAYP_CANCELLED = 2,
};

#ifdef __cplusplus
}
#endif

#endif
