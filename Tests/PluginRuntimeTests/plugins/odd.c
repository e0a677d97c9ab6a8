/* A plugin whose table is wrong in the way that a -D asks for. */
#include <ray/plugin.h>
#include <stddef.h>

#ifndef ODD_SIZE
#define ODD_SIZE sizeof(table_t)
#endif
#ifndef ODD_MAJOR
#define ODD_MAJOR RAYP_API_MAJOR
#endif
#ifndef ODD_MINOR
#define ODD_MINOR RAYP_API_MINOR
#endif
#ifndef ODD_ID
#define ODD_ID "odd"
#endif
#ifndef ODD_ROWS
#define ODD_ROWS rows
#endif
#ifndef ODD_ROW_SIZE
#define ODD_ROW_SIZE sizeof(row_t)
#endif
#ifndef ODD_SIGNATURE
#define ODD_SIGNATURE "a:i64,b:i64"
#endif
#ifndef ODD_FUNCTION
#define ODD_FUNCTION (rayp_function_t)run
#endif
#ifndef ODD_START
#define ODD_START RAYP_OK
#endif
#ifndef ODD_ENTRY
#define ODD_ENTRY rayp_entry_v1
#endif
#ifndef ODD_RESULT
#define ODD_RESULT &table.table
#endif

/* As a later minor version might look: more at the end of the table and of each row. */
typedef struct row {
    rayp_operation_t row;
    const char *more;
} row_t;

typedef struct table {
    rayp_plugin_t table;
    const char *more;
} table_t;

int64_t odd_sum;

static rayp_status_t run(int64_t a, int64_t b)
{
    odd_sum = a + b;
    return odd_sum == 42 ? RAYP_OK : RAYP_FAILED;
}

static rayp_status_t start(const rayp_host_t *host, void **self)
{
    (void)self;
    return host->size == sizeof(rayp_host_t) ? ODD_START : RAYP_FAILED;
}

const row_t rows[] = {{{"other", "a:i64", (rayp_function_t)run}, ""}, {{"run", ODD_SIGNATURE, ODD_FUNCTION}, ""}};

const table_t table = {
    .table = {
        .size = ODD_SIZE,
        .api_major = ODD_MAJOR,
        .api_minor = ODD_MINOR,
        .id = ODD_ID,
        .version = "1.0.0",
        .operations = (const rayp_operation_t *)(const void *)ODD_ROWS,
        .operation_count = 2,
        .operation_size = ODD_ROW_SIZE,
        .start = start,
    },
};

const rayp_plugin_t *ODD_ENTRY(void);
const rayp_plugin_t *ODD_ENTRY(void)
{
    (void)run;
    return ODD_RESULT;
}
