/* A provider that makes its nodes, which the `node.c` of crowd answers for. They are the lines of the file `made` of its
   folder, `TOKEN KIND` each. A file `kill` or `ambiguous` there has the next launch lose its answer. */
#include "../say.h"
#include <signal.h>
#include <stdbool.h>

static FILE *opened(const rayp_view_t *state, const char *mode)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/made", state->data);
    return fopen(path, mode);
}

/* Whether there is such a file, which is gone then. */
static bool takes(const rayp_view_t *state, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", state->data, name);
    return unlink(path) == 0;
}

/* Writes the nodes that were made, those with the token where there is one; returns how many that are. */
static int64_t list(const rayp_view_t *state, const rayp_view_t *token, rayp_sink_t *out)
{
    char its[256], kind[16];
    int64_t number = 0, count = 0;
    FILE *file = opened(state, "re");
    if (out != NULL) {
        fixture_answer(out, "{\"nodes\": [");
    }
    for (; file != NULL && fscanf(file, "%255s %15s", its, kind) == 2; number++) {
        if (token != NULL && strcmp(its, token->data) != 0) {
            continue;
        }
        if (out != NULL) {
            say(out, "%s{\"id\": \"n%lld\", \"kind\": \"%s\", \"state\": \"running\", \"addresses\": {\"internal\": \"10.0.0.%lld\"}}",
                count == 0 ? "" : ", ", (long long)number, kind, (long long)number + 1);
        }
        count++;
    }
    if (file != NULL) {
        fclose(file);
    }
    if (out != NULL) {
        fixture_answer(out, "]}");
    }
    return count;
}

static rayp_status_t configure(int64_t workers, const rayp_view_t *program, const rayp_view_t *state,
    rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    member(out, "{\"config\": {\"program\": ", program);
    member(out, ", \"state\": ", state);
    say(out, "}, \"diagnostics\": [], \"workers\": %lld}", (long long)workers);
    return RAYP_OK;
}

static rayp_status_t nodes(const rayp_view_t *state, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    list(state, NULL, out);
    return RAYP_OK;
}

static rayp_status_t launch(const rayp_view_t *state, const rayp_view_t *token, const rayp_view_t *kind, int64_t count,
    rayp_sink_t *out, const rayp_op_t *op)
{
    if (list(state, token, NULL) == 0) {
        FILE *file = opened(state, "ae");
        for (int64_t node = 0; file != NULL && node < count; node++) {
            fprintf(file, "%s %s\n", token->data, kind->data);
        }
        if (file == NULL || fclose(file) != 0) {
            return fixture_host->fail(op, "disk", "cannot write", 12);
        }
    }
    if (takes(state, "kill")) {
        kill(getppid(), SIGKILL);
    }
    if (takes(state, "ambiguous")) {
        return fixture_host->fail(op, "ambiguous", "the answer is lost", 18);
    }
    list(state, token, out);
    return RAYP_OK;
}

static rayp_status_t find(const rayp_view_t *state, const rayp_view_t *token, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    list(state, token, out);
    return RAYP_OK;
}

static rayp_status_t reach(const rayp_view_t *program, const rayp_view_t *state, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    int64_t count = list(state, NULL, NULL);
    fixture_answer(out, "{\"access\": {");
    for (int64_t node = 0; node < count; node++) {
        say(out, "%s\"n%lld\": {\"via\": \"command\", ", node == 0 ? "" : ", ", (long long)node);
        member(out, "\"prefix\": [", program);
        member(out, ", ", state);
        say(out, ", \"%lld\"]}", (long long)node);
    }
    return fixture_answer(out, "}}");
}

static rayp_status_t terminate(const rayp_view_t *state, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    int64_t count = list(state, NULL, NULL);
    FILE *file = opened(state, "we");
    if (file != NULL) {
        fclose(file);
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
    return fixture_answer(out, "{\"results\": {}}");
}

static const rayp_operation_t fixture_operations[] = {
    {"configure", "workers:i64,program:text,state:text,out:sink,op:op", (rayp_function_t)configure},
    {"nodes", "state:text,out:sink,op:op", (rayp_function_t)nodes},
    {"launch", "state:text,token:text,kind:text,count:i64,out:sink,op:op", (rayp_function_t)launch},
    {"find", "state:text,token:text,out:sink,op:op", (rayp_function_t)find},
    {"access", "program:text,state:text,out:sink,op:op", (rayp_function_t)reach},
    {"stop", "out:sink,op:op", (rayp_function_t)none},
    {"start", "out:sink,op:op", (rayp_function_t)none},
    {"terminate", "state:text,out:sink,op:op", (rayp_function_t)terminate},
};

FIXTURE_WITH_OPERATIONS("makes")
