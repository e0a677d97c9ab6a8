/* Answers after as many microseconds as the file DELAY of FAULT_WITNESS says, unless it is cancelled. */
#include "../fixture.h"

PLAN
{
    witness("quick");
    char path[4096], text[32] = "";
    const char *folder = getenv("FAULT_WITNESS");
    snprintf(path, sizeof path, "%s/DELAY", folder == NULL ? "/nowhere" : folder);
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        for (int left = fgets(text, sizeof text, file) == NULL ? 0 : atoi(text); left > 0; left -= 100) {
            if (fixture_host->cancelled(op)) {
                fclose(file);
                return RAYP_CANCELLED;
            }
            usleep(100);
        }
        fclose(file);
    }
    return fixture_answer(out, FIXTURE_EMPTY_PLAN);
}

FIXTURE("quick")
