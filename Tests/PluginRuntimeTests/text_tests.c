/* UTF-8, signatures and fields, by themselves. */
#include <stdlib.h>
#include <string.h>

#include "../../Sources/PluginRuntime/fields.h"
#include "../../Sources/PluginRuntime/signature.h"
#include "tests.h"

static void test_utf8(void)
{
    static const char *const valid[] = {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "caf\xc3\xa9 \xf0\x9f\x98\x80"};
    static const char *const invalid[] = {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xc2g", "\xe0\x9f\xbf", "\xe2\x82",
        "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe9"};
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
        CHECK(ray_utf8_valid(ray_slice(valid[i])));
    }
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        CHECK(!ray_utf8_valid(ray_slice(invalid[i])));
    }
}

/* What ray_write_text makes of a text, as a C string to be freed. */
static char *written(const char *text, size_t size, size_t most)
{
    ray_writer_t writer = {0};
    ray_write_text(&writer, (ray_slice_t){text, size}, most);
    ray_reader_t reader = {writer.data, writer.size, false};
    ray_slice_t read = ray_read_bytes(&reader);
    CHECK(!reader.failed && reader.left == 0);
    char *copy = calloc(1, read.size + 1);
    memcpy(copy, read.data, read.size);
    free(writer.data);
    return copy;
}

static void check_written(const char *text, size_t most, const char *expected)
{
    char *copy = written(text, strlen(text), most);
    CHECK_TEXT(copy, expected);
    free(copy);
}

static void test_replacement(void)
{
    check_written("plain", 5, "plain");
    check_written("plain!", 5, "plain\xe2\x80\xa6");
    check_written("caf\xe9", 100, "caf\xef\xbf\xbd");
    check_written("\xf0\x9f\x98", 100, "\xef\xbf\xbd");
    check_written("\xf0\x9f\x98(", 100, "\xef\xbf\xbd(");
    check_written("\xed\xa0\x80", 100, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    check_written("ab\xc3\xa9", 3, "ab\xe2\x80\xa6");
    check_written("", 0, "");
}

static void check_signature(const char *text, const char *expected)
{
    ray_signature_t signature;
    char *reason = ray_signature_parse(ray_slice(text), &signature);
    if (expected == NULL) {
        CHECK(reason == NULL);
    } else {
        CHECK_TEXT(reason, expected);
    }
    free(reason);
}

static void test_signatures(void)
{
    check_signature("", NULL);
    check_signature("request:json,a:text,b:path,c:i64,d:u64,e:bool,op:op,out:sink,me:self", NULL);
    check_signature("a:i64,b:i64,c:i64,d:i64,e:i64,f:i64,g:i64,h:i64,i:i64,j:i64,k:i64,l:i64", NULL);
    check_signature("a:i64,b:i64,c:i64,d:i64,e:i64,f:i64,g:i64,h:i64,i:i64,j:i64,k:i64,l:i64,m:i64",
        "(a:i64,b:i64,c:i64,d:i64,e:i64,f:i64,g:i64,h:i64,i:i64,j:i64,k:i64,l:i64,m:i64) has more than 12 parameters");
    check_signature("a:i64,b", "parameter 2 of (a:i64,b) is not NAME:TYPE");
    check_signature("a:i64,", "parameter 2 of (a:i64,) is not NAME:TYPE");
    check_signature(",", "parameter 1 of (,) is not NAME:TYPE");
    check_signature(":i64", "parameter 1 of (:i64) is not NAME:TYPE");
    check_signature("a:i64, b:i64", "parameter 2 of (a:i64, b:i64) is not NAME:TYPE");
    check_signature("a:f64",
        "parameter 1, a:f64, has an unknown type; the types are json, text, path, i64, u64, bool, op, sink and self");
    check_signature("a:",
        "parameter 1, a:, has an unknown type; the types are json, text, path, i64, u64, bool, op, sink and self");
    check_signature("a:i64,a:text", "parameters 1 and 2 of (a:i64,a:text) have the same name");
}

static void test_fields(void)
{
    uint8_t bytes[] = {1, 2, 0, 0, 0, 'a', 'b', 0xff, 0xff, 0xff, 0xff, 'c'};
    ray_reader_t reader = {bytes, sizeof bytes, false};
    CHECK(ray_read_u8(&reader) == 1);
    CHECK(ray_slice_equal(ray_read_bytes(&reader), ray_slice("ab")));
    CHECK(!reader.failed);
    CHECK(ray_read_bytes(&reader).size == 0);
    CHECK(reader.failed);
    CHECK(ray_read_u8(&reader) == 0);
    ray_reader_t empty = {NULL, 0, false};
    CHECK(ray_read_u64(&empty) == 0 && empty.failed);
}

void test_texts(void)
{
    test_utf8();
    test_replacement();
    test_signatures();
    test_fields();
}
