/* What of a process its code can change, at one moment. */
#ifndef RAY_HELPER_SNAPSHOT_H
#define RAY_HELPER_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct snapshot snapshot_t;

/* Takes one; the caller frees it. Descriptors of the library itself are left out. */
snapshot_t *snapshot_take(void);
void snapshot_free(snapshot_t *snapshot);

/* Tells through audit_tell in what two snapshots differ, apart from threads and descriptors; `who` changed
 * it, as in "its start". */
void snapshot_compare(const snapshot_t *before, const snapshot_t *after, const char *who);

/* Tells which threads and descriptors `after` has that `before` has not. */
void snapshot_compare_left(const snapshot_t *before, const snapshot_t *after, const char *who);

size_t snapshot_thread_count(const snapshot_t *snapshot);
size_t snapshot_descriptor_count(const snapshot_t *snapshot);
/* Bytes that malloc has given out. */
size_t snapshot_memory(const snapshot_t *snapshot);

#endif
