/* For builders that stand on others: `plan` takes the text of its own key, the layers below and what
   its probe found inside them, and makes a layer with

     bin/ID     a command that prints the text
     ID.txt     what was seen of the layers below: by the probe, and by the step that builds

   Inside of it, VARIABLE is the text and bin comes first in PATH. Define ID, its VARIABLE and the
   variable that the layer BELOW sets, all texts, before it is included. */
#ifndef STACKS_H
#define STACKS_H

#include "fixture.h"

#define STACKS_SIGNATURE                                                                          \
    "text:text,layers:json,python:text,alpha:text,path:text,below:text,out:sink,op:op"

/* `text` as one word of a shell. */
static void stacks_word(FILE *script, const char *text)
{
    fputc('\'', script);
    for (; *text != 0; text++) {
        if (*text == '\'') {
            fputs("'\\''", script);
        } else {
            fputc(*text, script);
        }
    }
    fputc('\'', script);
}

static void stacks_line(FILE *script, const char *name, const rayp_view_t *value)
{
    fprintf(script, "printf '%s: %%s\\n' ", name);
    stacks_word(script, value->data);
    fputc('\n', script);
}

/* A member of the answer whose value is a text. */
static void stacks_member(rayp_sink_t *out, const char *before, const char *text)
{
    fixture_answer(out, before);
    fixture_host->write_text(out, text, strlen(text));
}

static rayp_status_t plan(const rayp_view_t *text, const rayp_view_t *layers, const rayp_view_t *python,
                          const rayp_view_t *alpha, const rayp_view_t *path, const rayp_view_t *below,
                          rayp_sink_t *out, const rayp_op_t *op)
{
    witness(ID);
    if (!RAYP_HAS(fixture_host, write_text)) {
        static const char why[] = "it needs a ray of API 1.1";
        return fixture_host->fail(op, "plugin", why, sizeof why - 1);
    }
    char *build = NULL, *verify = NULL;
    size_t size = 0;
    FILE *script = open_memstream(&build, &size);
    fputs("mkdir \"$RAY_LAYER/bin\"\n{\n", script);
    stacks_line(script, "text", text);
    stacks_line(script, "layers", layers);
    stacks_line(script, "probed python", python);
    stacks_line(script, "probed alpha", alpha);
    stacks_line(script, "probed first of PATH", path);
    stacks_line(script, "probed " BELOW, below);
    fputs("printf 'built python: %s\\n' \"$(command -v python)\"\n"
          "printf 'built alpha: %s\\n' \"$(command -v alpha)\"\n"
          "printf 'built first of PATH: %s\\n' \"${PATH%%:*}\"\n"
          "printf 'built " BELOW ": %s\\n' \"${" BELOW ":-}\"\n"
          "} >\"$RAY_LAYER/" ID ".txt\"\n"
          "cat >\"$RAY_LAYER/bin/" ID "\" <<'END'\n#!/bin/sh\nprintf '%s\\n' ", script);
    stacks_word(script, text->data);
    fputs("\nEND\nchmod 755 \"$RAY_LAYER/bin/" ID "\"\n", script);
    fclose(script);

    script = open_memstream(&verify, &size);
    fputs("[ \"$(" ID ")\" = ", script);
    stacks_word(script, text->data);
    fputs(" ] && [ \"$" VARIABLE "\" = \"$(" ID ")\" ]\n", script);
    fclose(script);

    stacks_member(out, "{\"components\": {\"text\": ", text->data);
    stacks_member(out, ", \"python\": ", python->data);
    stacks_member(out, "}, \"steps\": [{\"title\": \"write " ID ".txt\", \"timeout\": 60, \"script\": ", build);
    stacks_member(out, "}], \"verify\": ", verify);
    stacks_member(out, ", \"activation\": {\"set\": {\"" VARIABLE "\": ", text->data);
    free(build);
    free(verify);
    return fixture_answer(out,
        "}, \"prepend\": {\"PATH\": \"${prefix}/bin\"}}, \"diagnostics\": [], \"files\": [], \"inputs\": [], \"notes\": []}");
}

#endif
