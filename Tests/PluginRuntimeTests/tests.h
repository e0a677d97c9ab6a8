/* What the tests share: checks, and frames built and read byte by byte, on purpose without the
 * code under test. */
#ifndef TESTS_H
#define TESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- checks ---- */

extern int passed, failed;

void check(bool condition, const char *file, int line, const char *expression);
void check_text(const char *actual, const char *expected, const char *file, int line, const char *expression);

#define CHECK(EXPRESSION) check((EXPRESSION), __FILE__, __LINE__, #EXPRESSION)
/* Whether a C string is the expected one; shows both. */
#define CHECK_TEXT(ACTUAL, EXPECTED) check_text((ACTUAL), (EXPECTED), __FILE__, __LINE__, #ACTUAL)

/* ---- bytes to send ---- */

typedef struct bytes {
    uint8_t data[1 << 17];
    size_t size;
    /* Where the count of operations or arguments stands; below 256. */
    size_t count_at;
} bytes_t;

void put(bytes_t *bytes, const void *data, size_t size);
void put_integer(bytes_t *bytes, uint64_t value, int size);
void put_text(bytes_t *bytes, const char *text);

/* The payload of a RAYF_OPEN; operations are added with add_operation. */
void make_open(bytes_t *bytes, const char *id, const char *version);
void add_operation(bytes_t *bytes, const char *name, const char *signature);

/* The payload of a RAYF_CALL; arguments are added with the functions below. */
void make_call(bytes_t *bytes, const char *operation, uint64_t milliseconds, uint64_t largest);
void add_bytes(bytes_t *bytes, const char *name, const void *value, size_t size);
void add_text(bytes_t *bytes, const char *name, const char *value);
void add_integer(bytes_t *bytes, const char *name, uint64_t value);
void add_absent(bytes_t *bytes, const char *name);

/* ---- frames received ---- */

/* One frame from the runtime, decoded; texts are C strings, freed by free_frame. */
typedef struct frame {
    uint8_t kind;
    uint32_t call;
    uint32_t status;   /* RESULT; api major of READY; level of LOG */
    uint32_t minor;    /* READY */
    uint64_t done, total;
    char *result;      /* RESULT */
    size_t result_size;
    char *error_class; /* RESULT; code of FINDING */
    char *text;        /* message, reason or text */
    size_t text_size;
} frame_t;

/* Decodes a whole frame and checks that it is well-formed to the last byte. */
frame_t decode(const uint8_t *data, size_t size);
void free_frame(frame_t *frame);

/* ---- the environment of the tests ---- */

extern const char *helper_path, *fixtures_folder, *plugins_folder;
/* The helper of API 1.0, and `plugins`: fixtures built with its headers. */
extern const char *older_folder;

/* Opens FOLDER/NAME, or fails the run. */
int open_library(const char *folder, const char *name);

void test_texts(void);
void test_opening(void);
void test_calling(void);
void test_helper(void);
/* What a memory checker has time for: the part of test_helper in which no clock matters. */
void test_conversations(void);
void test_versions(void);

#endif
