/* Does not find what it has launched. */
#include "provider.h"

OPERATION(launch, return fixture_answer(out, PROVIDER_NODE("n1"));)
OPERATION(find, return fixture_answer(out, "{\"nodes\": []}");)
OPERATION(end, return fixture_answer(out, "{\"results\": {}}");)

PROVIDER("forgets-nodes")
