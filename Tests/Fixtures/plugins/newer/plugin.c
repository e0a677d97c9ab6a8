/* Uses what came with 1.1 where it is, and the host's version where it is told. */
#include "../newer.h"

FIXTURE_SIGNED("newer", NEWER_SIGNATURE)
