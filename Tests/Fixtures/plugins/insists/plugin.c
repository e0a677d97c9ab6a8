/* Cannot do without what came with 1.1, and finds out in `start`. */
#include "../newer.h"

#include <stdio.h>

static rayp_status_t insists_start(const rayp_host_t *host, void **self)
{
    if (!RAYP_HAS(host, write_text)) {
        static const char why[] = "it needs a ray of API 1.1";
        printf("insists needs a ray of API 1.1; this one serves %u.%u\n", host->api_major, host->api_minor);
        return host->fail(NULL, "plugin", why, sizeof why - 1);
    }
    return fixture_start(host, self);
}

FIXTURE_STARTED("insists", NEWER_SIGNATURE, insists_start)
