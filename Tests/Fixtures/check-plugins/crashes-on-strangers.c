/* Crashes when it is asked to end a node that it does not know. */
#include "provider.h"
#include <stdlib.h>

OPERATION(launch, return fixture_answer(out, PROVIDER_NODE("n1"));)
OPERATION(find, return fixture_answer(out, PROVIDER_NODE("n1"));)
OPERATION(end, (void)out; abort();)

PROVIDER("crashes-on-strangers")
