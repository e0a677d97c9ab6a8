/* What the host offers a plugin: the table passed to `start`. */
#ifndef RAY_HOST_H
#define RAY_HOST_H

#include <ray/types.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    RAYP_LOG_DEBUG = 0,
    RAYP_LOG_INFO = 1,
    RAYP_LOG_WARNING = 2,
    RAYP_LOG_ERROR = 3,
};
typedef int32_t rayp_log_level_t;

/* The host's table.
 *
 * It is owned by the host and stays valid and unchanged from `start` until `stop` returns. It
 * grows only at its end: a function that lies beyond `size` is not there, so a plugin that uses a
 * function added after 1.0 asks RAYP_HAS first.
 *
 * Each function may be called from any thread, but only while the operation whose `op` or `sink`
 * is passed has not returned. */
typedef struct rayp_host {
    /* sizeof this table in the running host. */
    uint64_t size;
    /* The contract version of the running host. */
    uint32_t api_major;
    uint32_t api_minor;

    /* Adds `size` bytes of UTF-8 text to the log of this call. A line break at the end is not
     * needed. Bytes that are not UTF-8 are replaced; what lies beyond 64 KiB, here and in the texts
     * of `progress` and `fail`, is cut. Does not block on the host's user.
     * [any thread, during the operation] */
    void (*log)(const rayp_op_t *op, rayp_log_level_t level, const char *text, uint64_t size);

    /* Reports that `done` of `total` units of work are done; `total` is 0 where it is not known.
     * `text`, `size` bytes of UTF-8 and possibly none, says what is being done.
     * [any thread, during the operation] */
    void (*progress)(const rayp_op_t *op, uint64_t done, uint64_t total, const char *text, uint64_t size);

    /* 1 when the operation should stop soon and return RAYP_CANCELLED, otherwise 0. An operation
     * that does not ask is ended by force a little after its deadline.
     * [any thread, during the operation] */
    int32_t (*cancelled)(const rayp_op_t *op);

    /* Milliseconds until the deadline of this call; 0 when it has passed.
     * [any thread, during the operation] */
    int64_t (*remaining_ms)(const rayp_op_t *op);

    /* Appends `size` bytes to the result. The bytes are copied. Returns RAYP_FAILED, and keeps
     * nothing more, once the result is larger than the host allows for this operation; the
     * operation should then return RAYP_FAILED.
     * [the operation's thread] */
    rayp_status_t (*write)(rayp_sink_t *sink, const void *data, uint64_t size);

    /* Records why this call fails and returns RAYP_FAILED, so that `return host->fail(…)` reads
     * well. `error_class` is one of the words of the documentation ("input", "tool-missing",
     * "network", "capacity", …); NULL means "plugin". `message` is `size` bytes of UTF-8, one
     * sentence, without a full stop. The bytes are copied. The first call wins. Since 1.1 `start`
     * may say in the same way why it refuses, with NULL for `op`; a host of 1.0 takes no notice.
     * [any thread, during the operation; during `start` on its thread] */
    rayp_status_t (*fail)(const rayp_op_t *op, const char *error_class, const char *message, uint64_t size);

    /* Since 1.1. Appends the text to the result as a JSON string: in quotes, and escaped where JSON
     * asks for it. `text` is `size` bytes, which need not be valid UTF-8: what is not becomes U+FFFD.
     * It is never cut. The limit, which counts what is appended, and the status are those of `write`.
     * [the operation's thread] */
    rayp_status_t (*write_text)(rayp_sink_t *sink, const char *text, uint64_t size);
} rayp_host_t;

/* Whether the table of the running host has FUNCTION, one that was added after 1.0:
 *
 *     if (RAYP_HAS(host, write_text)) …
 *
 * It compares `size` with where FUNCTION ends. A plugin that does not ask needs a host at least as
 * new as the function, which its `start` can find out in the same way. */
#define RAYP_HAS(HOST, FUNCTION) ((HOST)->size >= offsetof(rayp_host_t, FUNCTION) + sizeof((HOST)->FUNCTION))

#ifdef __cplusplus
}
#endif

#endif
