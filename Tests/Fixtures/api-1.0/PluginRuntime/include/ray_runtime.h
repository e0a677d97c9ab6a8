/* Opens one plugin library, checks it and calls its operations.
 *
 * It speaks the frames of ray_frames.h: what comes in is the payload of a frame, what goes out is
 * a whole frame, handed to `emit`. `ray-plugin-helper` puts a socket on either side; a host that
 * runs a plugin in its own process reads the very same bytes.
 */
#ifndef RAY_RUNTIME_H
#define RAY_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One opened plugin. */
typedef struct ray_runtime ray_runtime_t;

/* Takes one whole frame, its length included. `frame` is borrowed until it returns. Must not call
 * the runtime.
 * [the plugin's thread, or one that the plugin made; never two at once for one runtime] */
typedef void (*ray_emit_t)(void *context, const uint8_t *frame, size_t size);

/* Opens the library behind the descriptor `library`, compares it with what the payload of a
 * RAYF_OPEN says, and starts the plugin. Emits RAYF_READY and returns the runtime, which the
 * caller owns; or emits RAYF_REFUSED and returns NULL.
 *
 * `library` and `payload` stay the caller's and are not needed afterwards. The library itself is
 * never unloaded, not even when it is refused: it, and a descriptor of it, last as long as the
 * process. `emit` and `context` must be valid until ray_runtime_close returns.
 * [any thread; it becomes the plugin's thread] */
ray_runtime_t *ray_runtime_open(int library, const uint8_t *payload, size_t size, ray_emit_t emit, void *context);

/* Executes the payload of a RAYF_CALL. Emits any number of RAYF_LOG and RAYF_PROGRESS and then
 * exactly one RAYF_RESULT, all of them with the number `call`; a call that cannot be made has a
 * failed result that says why. `payload` is borrowed until it returns. Each call has a number of
 * its own, so that a late cancel never meets the next call.
 * [the plugin's thread] */
void ray_runtime_call(ray_runtime_t *runtime, uint32_t call, const uint8_t *payload, size_t size);

/* Asks the call of that number to end soon. It may be under way, over or yet to come.
 * [any thread, before ray_runtime_close] */
void ray_runtime_cancel(ray_runtime_t *runtime, uint32_t call);

/* Asks every call to end soon, the one under way and those to come.
 * [any thread, before ray_runtime_close] */
void ray_runtime_cancel_all(ray_runtime_t *runtime);

/* Stops the plugin and frees the runtime. NULL is allowed.
 * [the plugin's thread, no call under way] */
void ray_runtime_close(ray_runtime_t *runtime);

#ifdef __cplusplus
}
#endif

#endif
