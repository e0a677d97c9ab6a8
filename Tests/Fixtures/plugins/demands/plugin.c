/* Cannot do without the host's version: its manifest requires the parameter. */
#include "../newer.h"

FIXTURE_SIGNED("demands", NEWER_SIGNATURE)
