/* A provider that answers what a test has written. */
#include "../answers.h"

ANSWERS(configure)
ANSWERS(nodes)
ANSWERS(launch)
ANSWERS(find)
ANSWERS(access)
ANSWERS(stop)
ANSWERS(start)
ANSWERS(terminate)

#define OPERATION(NAME) {#NAME, FIXTURE_SIGNATURE, (rayp_function_t)answer_##NAME}

static const rayp_operation_t fixture_operations[] = {
    OPERATION(configure), OPERATION(nodes), OPERATION(launch), OPERATION(find), OPERATION(access),
    OPERATION(stop), OPERATION(start), OPERATION(terminate),
};

FIXTURE_WITH_OPERATIONS("provides")
