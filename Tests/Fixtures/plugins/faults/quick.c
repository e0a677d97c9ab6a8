/* Answers after as many microseconds as the file DELAY of FAULT_WITNESS says. */
#include "../fixture.h"

PLAN
{
    witness("quick");
    char path[4096], text[32] = "";
    const char *folder = getenv("FAULT_WITNESS");
    snprintf(path, sizeof path, "%s/DELAY", folder == NULL ? "/nowhere" : folder);
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        usleep(fgets(text, sizeof text, file) == NULL ? 0 : (useconds_t)atoi(text));
        fclose(file);
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("quick")
