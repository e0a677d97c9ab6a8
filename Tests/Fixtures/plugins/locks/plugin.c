/* A builder with a lock, which holds the text of its key. Some texts ask for trouble:

     mute      its lock is never written
     network   locking fails, for want of a network as `explain` says
     luck      locking fails so, until there is a file `luck` in the project's folder
     record    what it builds is never what its record of checksums says
     output    it names an output that it does not make */
#include "../fixture.h"

static int is(const rayp_view_t *text, const char *word)
{
    return strcmp(text->data, word) == 0;
}

static rayp_status_t lock(const rayp_view_t *text, rayp_sink_t *out)
{
    const char *script =
        is(text, "mute") ? "rm -f \"$RAY_LOCK\""
        : is(text, "network") ? "echo 'cannot reach the index'; exit 3"
        : is(text, "luck") ? "[ -e luck ] || { touch luck; echo 'cannot reach the index'; exit 3; }; echo lucky >\"$RAY_LOCK\""
        : "cat >>\"$RAY_LOCK\" <<'END'\nlocked\nEND\necho 'a note of the lock' >>\"$RAY_NOTES\"";
    fixture_answer(out, "{\"diagnostics\": [], \"files\": [], \"basis\": {\"text\": ");
    fixture_host->write_text(out, text->data, text->size);
    fixture_answer(out, "}, \"steps\": [{\"title\": \"lock it\", \"timeout\": 60, \"script\": ");
    fixture_host->write_text(out, script, strlen(script));
    return fixture_answer(out, "}]}");
}

static rayp_status_t plan(const rayp_view_t *text, const rayp_view_t *lock, rayp_sink_t *out)
{
    fixture_answer(out, "{\"components\": {\"lock\": ");
    fixture_host->write_text(out, lock->data, lock->size);
    fixture_answer(out,
        "}, \"steps\": [{\"title\": \"write it\", \"timeout\": 60, \"script\": "
        "\"mkdir -p \\\"$RAY_LAYER/x-1.dist-info\\\"; echo a >\\\"$RAY_LAYER/a\\\"; "
        "echo 'a,sha256=LIsI2lzmA5jh8Zrw5dzMdE3ydLgmq-WF6rpoxSVDSAY,2' >\\\"$RAY_LAYER/x-1.dist-info/RECORD\\\"\"}]");
    if (is(text, "record")) {
        fixture_answer(out, ", \"checksums\": [\"*.dist-info/RECORD\"]");
    }
    if (is(text, "output")) {
        fixture_answer(out, ", \"outputs\": [\"/nowhere/at all\"]");
    }
    return fixture_answer(out, "}");
}

static rayp_status_t explain(const rayp_view_t *text, const rayp_view_t *output, rayp_sink_t *out)
{
    (void)text;
    if (strstr(output->data, "cannot reach") == NULL) {
        return fixture_answer(out, "{\"diagnostics\": []}");
    }
    return fixture_answer(out,
        "{\"diagnostics\": [{\"severity\": \"error\", \"class\": \"network\", "
        "\"message\": \"the index cannot be reached\", \"cause\": \"cannot reach the index\"}]}");
}

static const rayp_operation_t fixture_operations[] = {
    {"check", FIXTURE_SIGNATURE, (rayp_function_t)fixture_check},
    {"plan", "text:text,lock:text,out:sink", (rayp_function_t)plan},
    {"lock", "text:text,out:sink", (rayp_function_t)lock},
    {"explain", "text:text,output:text,out:sink", (rayp_function_t)explain},
};

FIXTURE_WITH_OPERATIONS("locks")
