/* Never has a node to give. */
#include "provider.h"

OPERATION(launch, (void)out; return fixture_host->fail(op, "capacity", "there is no node left", 21);)
OPERATION(find, return fixture_answer(out, "{\"nodes\": []}");)
OPERATION(end, return fixture_answer(out, "{\"results\": {}}");)

PROVIDER("launches-nothing")
