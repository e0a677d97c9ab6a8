#include "snapshot.h"

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../PluginRuntime/text.h"
#include "audit.h"
#include "ray_frames.h"

enum { MOST_NUMBERS = 1024, SIGNALS = 65, LIMITS = RLIM_NLIMITS };

typedef struct numbers {
    int values[MOST_NUMBERS];
    size_t count;
} numbers_t;

struct snapshot {
    char *directory;
    mode_t mask;
    char *locale;
    /* Sorted. */
    char **variables;
    size_t variable_count;
    sigset_t blocked;
    struct sigaction actions[SIGNALS];
    struct rlimit limits[LIMITS];
    numbers_t threads;
    numbers_t descriptors;
    size_t memory;
};

extern char **environ;

static char *copy(const char *text)
{
    return ray_format("%s", text == NULL ? "" : text);
}

static bool is_library(int descriptor)
{
    struct stat status, library;
    return fstat(descriptor, &status) == 0 && fstat(RAYF_LIBRARY_FD, &library) == 0 &&
        status.st_dev == library.st_dev && status.st_ino == library.st_ino;
}

/* The numbers that are the names in a folder of /proc. */
static void list(const char *path, bool descriptors, numbers_t *numbers)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL && numbers->count < MOST_NUMBERS) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        int number = atoi(entry->d_name);
        if (!descriptors || (number != dirfd(folder) && !is_library(number))) {
            numbers->values[numbers->count++] = number;
        }
    }
    closedir(folder);
}

static int compare_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void copy_environment(snapshot_t *snapshot)
{
    size_t count = 0;
    while (environ != NULL && environ[count] != NULL) {
        count++;
    }
    snapshot->variables = calloc(count + 1, sizeof *snapshot->variables);
    if (snapshot->variables == NULL) {
        abort();
    }
    for (size_t i = 0; i < count; i++) {
        snapshot->variables[i] = copy(environ[i]);
    }
    snapshot->variable_count = count;
    qsort(snapshot->variables, count, sizeof *snapshot->variables, compare_text);
}

snapshot_t *snapshot_take(void)
{
    struct mallinfo2 memory = mallinfo2();
    snapshot_t *snapshot = calloc(1, sizeof *snapshot);
    if (snapshot == NULL) {
        abort();
    }
    snapshot->memory = memory.uordblks + memory.hblkhd;
    char *directory = getcwd(NULL, 0);
    snapshot->directory = copy(directory);
    free(directory);
    snapshot->mask = umask(0);
    umask(snapshot->mask);
    snapshot->locale = copy(setlocale(LC_ALL, NULL));
    copy_environment(snapshot);
    pthread_sigmask(SIG_BLOCK, NULL, &snapshot->blocked);
    for (int i = 1; i < SIGNALS; i++) {
        sigaction(i, NULL, &snapshot->actions[i]);
    }
    for (int i = 0; i < LIMITS; i++) {
        getrlimit(i, &snapshot->limits[i]);
    }
    list("/proc/self/task", false, &snapshot->threads);
    list("/proc/self/fd", true, &snapshot->descriptors);
    return snapshot;
}

void snapshot_free(snapshot_t *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    for (size_t i = 0; i < snapshot->variable_count; i++) {
        free(snapshot->variables[i]);
    }
    free(snapshot->variables);
    free(snapshot->directory);
    free(snapshot->locale);
    free(snapshot);
}

/* Names the first variable in which two environments differ. */
static void compare_environment(const snapshot_t *before, const snapshot_t *after, const char *who)
{
    size_t i = 0;
    while (i < before->variable_count && i < after->variable_count &&
        strcmp(before->variables[i], after->variables[i]) == 0) {
        i++;
    }
    const char *old = i < before->variable_count ? before->variables[i] : NULL;
    const char *new = i < after->variable_count ? after->variables[i] : NULL;
    if (old == NULL && new == NULL) {
        return;
    }
    const char *named = old == NULL || (new != NULL && strcmp(new, old) < 0) ? new : old;
    audit_tell("audit-environment", "%s changed the variable `%.*s` of the environment", who,
        (int)strcspn(named, "="), named);
}

static void compare_signals(const snapshot_t *before, const snapshot_t *after, const char *who)
{
    for (int i = 1; i < SIGNALS; i++) {
        const char *name = strsignal(i);
        if (sigismember(&before->blocked, i) != sigismember(&after->blocked, i)) {
            audit_tell("audit-signal-mask", "%s %s the signal %d (%s)", who,
                sigismember(&after->blocked, i) == 1 ? "blocked" : "unblocked", i, name);
            break;
        }
    }
    for (int i = 1; i < SIGNALS; i++) {
        const struct sigaction *old = &before->actions[i], *new = &after->actions[i];
        if (old->sa_handler != new->sa_handler || old->sa_flags != new->sa_flags) {
            audit_tell("audit-signal-handler", "%s changed what happens on the signal %d (%s)", who, i, strsignal(i));
            break;
        }
    }
}

void snapshot_compare(const snapshot_t *before, const snapshot_t *after, const char *who)
{
    if (strcmp(before->directory, after->directory) != 0) {
        audit_tell("audit-cwd", "%s changed the working directory from `%s` to `%s`", who, before->directory,
            after->directory);
    }
    if (before->mask != after->mask) {
        audit_tell("audit-umask", "%s changed the umask from %03o to %03o", who, (unsigned)before->mask,
            (unsigned)after->mask);
    }
    if (strcmp(before->locale, after->locale) != 0) {
        audit_tell("audit-locale", "%s changed the locale from `%s` to `%s`", who, before->locale, after->locale);
    }
    compare_environment(before, after, who);
    compare_signals(before, after, who);
    for (int i = 0; i < LIMITS; i++) {
        if (memcmp(&before->limits[i], &after->limits[i], sizeof before->limits[i]) != 0) {
            audit_tell("audit-limit", "%s changed the resource limit %d", who, i);
            break;
        }
    }
}

static bool has(const numbers_t *numbers, int value)
{
    for (size_t i = 0; i < numbers->count; i++) {
        if (numbers->values[i] == value) {
            return true;
        }
    }
    return false;
}

/* How many numbers are new, and the first of them. */
static size_t count_new(const numbers_t *before, const numbers_t *after, int *first)
{
    size_t count = 0;
    for (size_t i = 0; i < after->count; i++) {
        if (!has(before, after->values[i]) && count++ == 0) {
            *first = after->values[i];
        }
    }
    return count;
}

void snapshot_compare_left(const snapshot_t *before, const snapshot_t *after, const char *who)
{
    int first = 0;
    size_t count = count_new(&before->threads, &after->threads, &first);
    if (count > 0) {
        audit_tell("audit-thread", "%s left %zu thread%s running", who, count, count == 1 ? "" : "s");
    }
    count = count_new(&before->descriptors, &after->descriptors, &first);
    if (count > 0) {
        char path[64], target[256] = "?";
        snprintf(path, sizeof path, "/proc/self/fd/%d", first);
        ssize_t length = readlink(path, target, sizeof target - 1);
        target[length < 0 ? 1 : length] = 0;
        audit_tell("audit-descriptor", "%s left %zu descriptor%s open, the first of them on `%s`", who, count,
            count == 1 ? "" : "s", target);
    }
    count = count_new(&after->descriptors, &before->descriptors, &first);
    if (count > 0) {
        audit_tell("audit-descriptor", "%s closed descriptor %d, which is not its own", who, first);
    }
}

size_t snapshot_thread_count(const snapshot_t *snapshot)
{
    return snapshot->threads.count;
}

size_t snapshot_descriptor_count(const snapshot_t *snapshot)
{
    return snapshot->descriptors.count;
}

size_t snapshot_memory(const snapshot_t *snapshot)
{
    return snapshot->memory;
}
