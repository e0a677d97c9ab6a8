/* A provider that makes its nodes, which the `node.c` of crowd answers for. They are the lines of the file `made` of its
   folder, `TOKEN ID KIND` each, and the calls of launch those of `launches`, `TOKEN COUNT`.

   A file `kill`, `ambiguous` or `transient` there has the next launch lose its answer, `refuse` has it fail for good, and
   `held` has the next terminate end none. A node runs, unless a file of its ID says its states, one in a line: each call
   of nodes takes the first away, but not the last. */
#include "../say.h"
#include <signal.h>
#include <stdbool.h>

static FILE *opened(const rayp_view_t *state, const char *name, const char *mode)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", state->data, name);
    return fopen(path, mode);
}

static bool removed(const rayp_view_t *state, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", state->data, name);
    return unlink(path) == 0;
}

struct node {
    char token[256], id[16], kind[16];
};

static bool next_node(FILE *file, struct node *node)
{
    return file != NULL && fscanf(file, "%255s %15s %15s", node->token, node->id, node->kind) == 3;
}

static void close_file(FILE *file)
{
    if (file != NULL) {
        fclose(file);
    }
}

/* Takes the first of the node's states away where `advances`, unless it is the last. */
static const char *node_state(const rayp_view_t *folder, const char *id, bool advances)
{
    static char state[32];
    char rest[256];
    size_t size = 0;
    FILE *file = opened(folder, id, "re");
    snprintf(state, sizeof state, "running");
    if (file != NULL && fscanf(file, "%31s ", state) == 1) {
        size = fread(rest, 1, sizeof rest, file);
    }
    close_file(file);
    if (advances && size > 0) {
        file = opened(folder, id, "we");
        if (file != NULL) {
            fwrite(rest, 1, size, file);
        }
        close_file(file);
    }
    return state;
}

/* Writes the nodes that were made, those with the token where there is one; returns how many that are. */
static int64_t list(const rayp_view_t *state, const rayp_view_t *token, rayp_sink_t *out)
{
    struct node node;
    int64_t count = 0;
    FILE *file = opened(state, "made", "re");
    if (out != NULL) {
        fixture_answer(out, "{\"nodes\": [");
    }
    while (next_node(file, &node)) {
        if (token != NULL && strcmp(node.token, token->data) != 0) {
            continue;
        }
        if (out != NULL) {
            say(out, "%s{\"id\": \"%s\", \"kind\": \"%s\", \"state\": \"%s\", \"addresses\": {\"internal\": \"10.0.0.%d\"}}",
                count == 0 ? "" : ", ", node.id, node.kind, node_state(state, node.id, token == NULL), atoi(node.id + 1) + 1);
        }
        count++;
    }
    close_file(file);
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

/* The number of the first node that was not made yet, which is `count` more from then on. */
static int64_t numbered(const rayp_view_t *state, int64_t count)
{
    long long number = 0;
    FILE *file = opened(state, "number", "re");
    if (file != NULL && fscanf(file, "%lld", &number) != 1) {
        number = 0;
    }
    close_file(file);
    file = opened(state, "number", "we");
    if (file != NULL) {
        fprintf(file, "%lld\n", number + (long long)count);
    }
    close_file(file);
    return number;
}

static rayp_status_t launch(const rayp_view_t *state, const rayp_view_t *token, const rayp_view_t *kind, int64_t count,
    rayp_sink_t *out, const rayp_op_t *op)
{
    FILE *file = opened(state, "launches", "ae");
    if (file != NULL) {
        fprintf(file, "%s %lld\n", token->data, (long long)count);
    }
    close_file(file);
    if (removed(state, "refuse")) {
        return fixture_host->fail(op, "capacity", "there is no room", 16);
    }
    if (removed(state, "transient")) {
        return fixture_host->fail(op, "transient", "not now", 7);
    }
    if (list(state, token, NULL) == 0) {
        int64_t number = numbered(state, count);
        file = opened(state, "made", "ae");
        for (int64_t node = 0; file != NULL && node < count; node++) {
            fprintf(file, "%s n%lld %s\n", token->data, (long long)(number + node), kind->data);
        }
        if (file == NULL || fclose(file) != 0) {
            return fixture_host->fail(op, "disk", "cannot write", 12);
        }
    }
    if (removed(state, "kill")) {
        kill(getppid(), SIGKILL);
    }
    if (removed(state, "ambiguous")) {
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
    struct node node;
    bool is_first = true;
    FILE *file = opened(state, "made", "re");
    fixture_answer(out, "{\"access\": {");
    for (; next_node(file, &node); is_first = false) {
        say(out, "%s\"%s\": {\"via\": \"command\", ", is_first ? "" : ", ", node.id);
        member(out, "\"prefix\": [", program);
        member(out, ", ", state);
        say(out, ", \"%s\"]}", node.id + 1);
    }
    close_file(file);
    return fixture_answer(out, "}}");
}

/* Whether the text of a JSON list has this id. */
static bool names(const rayp_view_t *ids, const char *id)
{
    char quoted[32];
    snprintf(quoted, sizeof quoted, "\"%s\"", id);
    return memmem(ids->data, ids->size, quoted, strlen(quoted)) != NULL;
}

static rayp_status_t terminate(const rayp_view_t *state, const rayp_view_t *ids, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    struct node node;
    bool is_held = removed(state, "held"), is_first = true;
    char left[8192] = "";
    FILE *file = opened(state, "made", "re");
    fixture_answer(out, "{\"results\": {");
    while (next_node(file, &node)) {
        if (names(ids, node.id)) {
            say(out, "%s\"%s\": \"%s\"", is_first ? "" : ", ", node.id, is_held ? "failed" : "done");
            is_first = false;
        }
        if (!names(ids, node.id) || is_held) {
            size_t size = strlen(left);
            snprintf(left + size, sizeof left - size, "%s %s %s\n", node.token, node.id, node.kind);
        }
    }
    close_file(file);
    file = opened(state, "made", "we");
    if (file != NULL) {
        fputs(left, file);
    }
    close_file(file);
    return fixture_answer(out, "}}");
}

static rayp_status_t start(const rayp_view_t *state, const rayp_view_t *ids, rayp_sink_t *out, const rayp_op_t *op)
{
    (void)op;
    struct node node;
    bool is_first = true;
    FILE *file = opened(state, "made", "re");
    fixture_answer(out, "{\"results\": {");
    while (next_node(file, &node)) {
        if (names(ids, node.id)) {
            removed(state, node.id);
            say(out, "%s\"%s\": \"done\"", is_first ? "" : ", ", node.id);
            is_first = false;
        }
    }
    close_file(file);
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
    {"start", "state:text,ids:json,out:sink,op:op", (rayp_function_t)start},
    {"terminate", "state:text,ids:json,out:sink,op:op", (rayp_function_t)terminate},
};

FIXTURE_WITH_OPERATIONS("makes")
