/* Makes another node each time, whatever the token. */
#include "provider.h"
#include <stdio.h>

OPERATION(launch, static int count; char text[256];
    snprintf(text, sizeof text, PROVIDER_NODE("n%d"), ++count);
    return fixture_answer(out, text);)
OPERATION(find, return fixture_answer(out, "{\"nodes\": []}");)
OPERATION(end, return fixture_answer(out, "{\"results\": {}}");)

PROVIDER("launches-anew")
