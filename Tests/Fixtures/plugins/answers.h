/* For plugins that answer what stands in OPERATION.json of the folder ANSWERS, or before, once, what stands in
   OPERATION.first: an empty file is a cancelled operation, and `fail CLASS` one that fails so. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>

static rayp_status_t answer_from_file(const char *operation, rayp_sink_t *out, const rayp_op_t *op)
{
    char text[1 << 16];
    const char *folder = getenv("ANSWERS");
    snprintf(text, sizeof text, "%s/%s.first", folder ? folder : ".", operation);
    FILE *file = fopen(text, "re");
    if (file != NULL) {
        unlink(text);
    } else {
        snprintf(text, sizeof text, "%s/%s.json", folder ? folder : ".", operation);
        file = fopen(text, "re");
    }
    if (file == NULL) {
        static const char message[] = "there is no file for it in ANSWERS";
        return fixture_host->fail(op, "internal", message, sizeof message - 1);
    }
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    if (strncmp(text, "fail ", 5) == 0) {
        static const char message[] = "the cloud says so";
        return fixture_host->fail(op, text + 5, message, sizeof message - 1);
    }
    if (size == 0) {
        return RAYP_CANCELLED;
    }
    return fixture_host->write(out, text, size);
}

/* An operation NAME that answers so. */
#define ANSWERS(NAME)                                                                             \
    static rayp_status_t answer_##NAME(const rayp_view_t *request, rayp_sink_t *out, const rayp_op_t *op) \
    {                                                                                             \
        (void)request;                                                                            \
        return answer_from_file(#NAME, out, op);                                                  \
    }

#endif
