/* Stands on alpha: it sees what that has set. */
#define ID "beta"
#define VARIABLE "BETA"
#define BELOW "ALPHA"
#include "../stacks.h"

FIXTURE_SIGNED(ID, STACKS_SIGNATURE)
