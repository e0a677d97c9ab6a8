#include "packages.h"
#include <stdlib.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* How many of the first `size` bytes are among `letters`. */
static size_t span(const char *text, size_t size, const char *letters)
{
    size_t count = 0;
    while (count < size && strchr(letters, text[count]) != NULL) {
        count++;
    }
    return count;
}

const char *package_fault(json_t package)
{
    if (!json_is_string(package)) {
        return "is not a string";
    }
    json_t text = json_inside(package);
    size_t name = span(text.text, text.size, LOWER DIGITS "+-.");
    if (name < 2 || span(text.text, 1, LOWER DIGITS) == 0 || (name < text.size && text.text[name] != '=')) {
        return "is no name of a Debian package";
    }
    if (name == text.size) {
        return NULL;
    }
    const char *version = text.text + name + 1;
    size_t size = text.size - name - 1;
    bool is_version = size > 0 && span(version, 1, DIGITS) == 1 && span(version, size, LOWER UPPER DIGITS ".+-~:") == size;
    return is_version ? NULL : "has no version behind its `=`";
}

static bool equals(json_t left, json_t right)
{
    return left.size == right.size && memcmp(left.text, right.text, left.size) == 0;
}

bool package_is_repeated(json_t list, json_t package)
{
    for (json_t other = json_first(list); other.text != package.text; other = json_next(other)) {
        if (equals(other, package)) {
            return true;
        }
    }
    return false;
}

static int compare(const void *first, const void *second)
{
    const json_t *left = first, *right = second;
    size_t size = left->size < right->size ? left->size : right->size;
    int order = memcmp(left->text, right->text, size);
    return order != 0 ? order : (left->size > right->size) - (left->size < right->size);
}

json_t *sorted_packages(json_t list, size_t *count)
{
    size_t all = 0;
    for (json_t item = json_first(list); item.text != NULL; item = json_next(item)) {
        all++;
    }
    json_t *packages = malloc((all + 1) * sizeof *packages);
    *count = 0;
    if (packages == NULL) {
        return NULL;
    }
    for (json_t item = json_first(list); item.text != NULL; item = json_next(item)) {
        if (!package_is_repeated(list, item)) {
            packages[(*count)++] = json_inside(item);
        }
    }
    qsort(packages, *count, sizeof *packages, compare);
    return packages;
}
