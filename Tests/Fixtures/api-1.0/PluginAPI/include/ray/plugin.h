/* What a plugin offers the host: one exported function that returns a constant table.
 *
 * The operations themselves are plain C functions. The manifest describes each of them
 * (`plugin.yaml`, `operations:`) and a row of the table points to it. The host compares the two
 * before the first call and refuses the plugin when they differ.
 */
#ifndef RAY_PLUGIN_H
#define RAY_PLUGIN_H

#include <ray/host.h>
#include <ray/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Any operation. A row casts its function to this type; the host calls it with the parameters
 * that the signature states. */
typedef void (*rayp_function_t)(void);

/* One operation.
 *
 * `signature` lists its parameters in order, as NAME:TYPE, separated by commas and without
 * spaces: "request:json,arch:text,out:sink". Every operation returns rayp_status_t.
 *
 * An operation must not unwind into the host (C++ exceptions, panics), must not change the
 * process's working directory, environment, locale, umask or signal handling, and must not read
 * or write descriptors 0 to 4.
 * [one call at a time; the same thread for `start`, every operation and `stop`] */
typedef struct rayp_operation {
    const char *name;
    const char *signature;
    rayp_function_t function;
} rayp_operation_t;

/* The plugin's table. It grows only at its end. All that it points to is constant and lives as
 * long as the library, which is never unloaded. */
typedef struct rayp_plugin {
    /* sizeof this table in the headers the plugin was built with. */
    uint64_t size;
    /* The contract version the plugin was built with: RAYP_API_MAJOR and RAYP_API_MINOR. */
    uint32_t api_major;
    uint32_t api_minor;
    /* The same id and version as in the manifest. */
    const char *id;
    const char *version;

    /* `operation_count` rows, each `operation_size` bytes long. */
    const rayp_operation_t *operations;
    uint64_t operation_count;
    uint64_t operation_size;

    /* Called once before any operation. Stores in `*self` what operations receive as `self`; it
     * belongs to the plugin. Returning anything but RAYP_OK refuses the plugin. May be NULL: then
     * `self` is NULL. A plugin that reports, logs or writes keeps `host` here.
     * [the plugin's thread] */
    rayp_status_t (*start)(const rayp_host_t *host, void **self);

    /* Called once after the last operation, unless the process is ended by force. Frees what
     * `start` made. May be NULL.
     * [the plugin's thread] */
    void (*stop)(void *self);

    /* Returns the table of an optional interface, owned by the plugin, or NULL for an id that it
     * does not know. Ids are compared whole. May be NULL: no optional interface.
     * [the plugin's thread, after `start`] */
    const void *(*query)(void *self, const char *interface_id);
} rayp_plugin_t;

/* The one symbol that a plugin exports. Returns its table; does nothing else, so it may be called
 * any number of times.
 * [any thread] */
const rayp_plugin_t *rayp_entry_v1(void);

#ifdef __cplusplus
}
#endif

#endif
