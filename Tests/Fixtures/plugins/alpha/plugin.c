/* Stands on pip: it sees what that has set. */
#define ID "alpha"
#define VARIABLE "ALPHA"
#define BELOW "VIRTUAL_ENV"
#include "../stacks.h"

FIXTURE_SIGNED(ID, STACKS_SIGNATURE)
