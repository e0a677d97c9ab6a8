/* Watches what a plugin does to the process it is in, for `ray plugin check`. */
#ifndef RAY_HELPER_AUDIT_H
#define RAY_HELPER_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ray_runtime.h"

typedef struct audit audit_t;

/* Executes the payload of a RAYF_EXAMINE: loads, starts and opens the plugin, telling what it changed on
 * the way. Returns what ray_runtime_open does; `*audit` lasts as long as the process.
 * [the main thread] */
ray_runtime_t *audit_open(audit_t **audit, const uint8_t *payload, size_t size);

/* Makes the call to find out which parameters are read, where that was asked for; false where it was not.
 * [the main thread] */
bool audit_probe(const audit_t *audit, ray_runtime_t *runtime, uint32_t call, const uint8_t *payload, size_t size);

/* Tells what the call that has just ended changed; the payload is that of its RAYF_CALL. NULL is
 * allowed: nothing is watched.
 * [the main thread] */
void audit_call(audit_t *audit, const uint8_t *payload, size_t size);

/* Tells what the plugin left behind after it was stopped. NULL is allowed.
 * [the main thread] */
void audit_stop(audit_t *audit);

/* Tells the host one thing, as printf would. */
void audit_tell(const char *code, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
