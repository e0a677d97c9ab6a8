#include "probe.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../PluginRuntime/runtime.h"
#include "audit.h"
#include "conversation.h"

/* Each slot has so much to itself, to either side of its address. */
enum { REACH = 1 << 16 };

/* Only the signal handler and probe_call look at these. */
static char *region;
static const ray_operation_t *probed;

static int64_t nothing(void)
{
    return 0;
}

static rayp_status_t failing(const rayp_op_t *op, const char *error_class, const char *message, uint64_t size)
{
    (void)op;
    (void)error_class;
    (void)message;
    (void)size;
    return RAYP_FAILED;
}

static int64_t remaining(const rayp_op_t *op)
{
    (void)op;
    return 1000;
}

const rayp_host_t *probe_host(void)
{
    static rayp_host_t table;
    int64_t (*function)(void) = nothing;
    for (size_t offset = offsetof(rayp_host_t, log); offset < sizeof table; offset += sizeof function) {
        memcpy((char *)&table + offset, &function, sizeof function);
    }
    table.size = sizeof table;
    table.api_major = ray_host_table.api_major;
    table.api_minor = ray_host_table.api_minor;
    table.fail = failing;
    table.remaining_ms = remaining;
    return &table;
}

static void on_fault(int signal, siginfo_t *information, void *context)
{
    (void)context;
    const char *address = information->si_addr;
    if (address < region || address >= region + RAYP_MAX_PARAMETERS * 2 * REACH) {
        /* A fault of another kind: it happens again, and ends the process. */
        sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
        return;
    }
    size_t slot = (size_t)(address - region) / (2 * REACH);
    if (slot < probed->signature.count) {
        ray_slice_t text = probed->signature.parameters[slot].text;
        audit_tell("signature-probe", "`%s` reads memory through its parameter %zu, which is declared as %.*s",
            probed->name, slot + 1, RAY_SLICE(text));
    } else {
        audit_tell("signature-probe", "`%s` reads memory through a parameter %zu, which is not declared", probed->name,
            slot + 1);
    }
    _exit(1);
}

static void watch_faults(void)
{
    if (region != NULL) {
        return;
    }
    static char stack[1 << 16];
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    region = mmap(NULL, RAYP_MAX_PARAMETERS * 2 * REACH, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED || sigaltstack(&other, NULL) != 0) {
        refuse("there is no memory for a probe");
    }
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

static const ray_operation_t *find(const ray_runtime_t *runtime, ray_slice_t name)
{
    for (size_t i = 0; i < runtime->operation_count; i++) {
        if (ray_slice_equal(ray_slice(runtime->operations[i].name), name)) {
            return &runtime->operations[i];
        }
    }
    return NULL;
}

/* Views and `self` are what the code may look at; all else is filled with what it may not. */
static void fill(ray_binding_t *binding, const ray_signature_t *signature)
{
    for (size_t i = 0; i < RAYP_MAX_PARAMETERS; i++) {
        bool readable = i < signature->count &&
            (signature->parameters[i].type <= RAY_TYPE_PATH || signature->parameters[i].type == RAY_TYPE_SELF);
        if (!readable) {
            binding->slots[i].pointer = region + i * 2 * REACH + REACH;
        }
    }
}

void probe_call(ray_runtime_t *runtime, const uint8_t *payload, size_t size)
{
    ray_reader_t reader = {payload, size, false};
    const ray_operation_t *operation = find(runtime, ray_read_bytes(&reader));
    ray_read_u64(&reader);
    ray_read_u64(&reader);
    ray_binding_t binding = {0};
    if (operation != NULL && ray_bind(runtime, operation, &reader, &binding)) {
        watch_faults();
        fill(&binding, &operation->signature);
        probed = operation;
        ffi_cif call;
        ffi_type *types[RAYP_MAX_PARAMETERS];
        void *values[RAYP_MAX_PARAMETERS];
        for (size_t i = 0; i < RAYP_MAX_PARAMETERS; i++) {
            types[i] = &ffi_type_pointer;
            values[i] = &binding.slots[i];
        }
        ffi_arg returned = 0;
        if (ffi_prep_cif(&call, FFI_DEFAULT_ABI, RAYP_MAX_PARAMETERS, &ffi_type_sint32, types) == FFI_OK) {
            ffi_call(&call, operation->function, &returned, values);
        }
    }
    ray_binding_release(&binding);
}
