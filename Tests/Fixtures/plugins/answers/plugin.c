/* A builder that answers what a test has written. */
#include "../answers.h"

ANSWERS(plan)

#define plan answer_plan
FIXTURE("answers")
