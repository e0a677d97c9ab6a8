/* Finds out which parameters the code of an operation reads, against what is declared.
 *
 * libffi cannot see a wrong signature: code that reads a parameter which nobody passes gets whatever
 * a register holds. So every slot that no code may dereference, and every slot behind the declared
 * ones, is filled with an address of its own where nothing can be read: the address of the fault
 * names the parameter. Passing more arguments than a function takes is outside of the C standard
 * and harmless in the calling conventions of the platforms, so it is done here and nowhere else. */
#ifndef RAY_HELPER_PROBE_H
#define RAY_HELPER_PROBE_H

#include <ray/host.h>
#include <stddef.h>
#include <stdint.h>

#include "ray_runtime.h"

/* A host that does nothing, and so never looks at what it is passed. */
const rayp_host_t *probe_host(void);

/* Calls an operation so; the payload is that of a RAYF_CALL. A parameter that should not have been read
 * is told through audit_tell and ends the process.
 * [the main thread] */
void probe_call(ray_runtime_t *runtime, const uint8_t *payload, size_t size);

#endif
