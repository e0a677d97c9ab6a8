/* A provider of nodes that are there already, as many as the cluster file says: `node.c` answers for each. */
#include "../say.h"

static rayp_status_t configure(int64_t count, const rayp_view_t *program, const rayp_view_t *state,
    rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    say(out, "{\"config\": {\"count\": %lld", (long long)count);
    member(out, ", \"program\": ", program);
    member(out, ", \"state\": ", state);
    return fixture_answer(out, "}, \"diagnostics\": []}");
}

/* That they were ended is remembered. */
static void gone(char *path, size_t size, const rayp_view_t *state)
{
    snprintf(path, size, "%s/gone", state->data);
}

static rayp_status_t nodes(int64_t count, const rayp_view_t *state, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    char path[4096];
    gone(path, sizeof path, state);
    const char *now = access(path, F_OK) == 0 ? "terminated" : "running";
    fixture_answer(out, "{\"nodes\": [");
    for (int64_t node = 0; node < count; node++) {
        say(out, "%s{\"id\": \"n%lld\", \"kind\": \"%s\", \"state\": \"%s\", \"addresses\": {\"internal\": \"10.0.%lld.%lld\"}}",
            node == 0 ? "" : ", ", (long long)node, node == 0 ? "head" : "worker", now, (long long)node / 250,
            (long long)node % 250 + 1);
    }
    return fixture_answer(out, "]}");
}

static rayp_status_t reach(int64_t count, const rayp_view_t *program, const rayp_view_t *state, rayp_sink_t *out,
    const rayp_op_t *op)
{
    (void)op;
    fixture_answer(out, "{\"access\": {");
    for (int64_t node = 0; node < count; node++) {
        say(out, "%s\"n%lld\": {\"via\": \"command\", ", node == 0 ? "" : ", ", (long long)node);
        member(out, "\"prefix\": [", program);
        member(out, ", ", state);
        say(out, ", \"%lld\"]}", (long long)node);
    }
    return fixture_answer(out, "}}");
}

static rayp_status_t terminate(int64_t count, const rayp_view_t *state, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    char path[4096];
    gone(path, sizeof path, state);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) {
        close(file);
    }
    fixture_answer(out, "{\"results\": {");
    for (int64_t node = 0; node < count; node++) {
        say(out, "%s\"n%lld\": \"done\"", node == 0 ? "" : ", ", (long long)node);
    }
    return fixture_answer(out, "}}");
}

static rayp_status_t none(rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    return fixture_answer(out, "{\"nodes\": [], \"results\": {}}");
}

static const rayp_operation_t fixture_operations[] = {
    {"configure", "count:i64,program:text,state:text,out:sink,op:op", (rayp_function_t)configure},
    {"nodes", "count:i64,state:text,out:sink,op:op", (rayp_function_t)nodes},
    {"access", "count:i64,program:text,state:text,out:sink,op:op", (rayp_function_t)reach},
    {"launch", "out:sink,op:op", (rayp_function_t)none},
    {"find", "out:sink,op:op", (rayp_function_t)none},
    {"stop", "out:sink,op:op", (rayp_function_t)none},
    {"start", "out:sink,op:op", (rayp_function_t)none},
    {"terminate", "count:i64,state:text,out:sink,op:op", (rayp_function_t)terminate},
};

FIXTURE_WITH_OPERATIONS("crowd")
