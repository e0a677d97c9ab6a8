/* The list of packages that the key `apt` names. */
#ifndef PACKAGES_H
#define PACKAGES_H

#include "json.h"

/* What keeps a package from being one, or NULL: a name of Debian's policy §5.6.1, and behind a `=` a
 * version of §5.6.12. */
const char *package_fault(json_t package);

/* Whether one of the items before this one is the same. */
bool package_is_repeated(json_t list, json_t package);

/* The packages of a list without repetitions, sorted; the caller frees them. NULL where there is no
 * memory. */
json_t *sorted_packages(json_t list, size_t *count);

#endif
