/* The operations of `apt`: Debian packages as a layer, downloaded and unpacked without root. */
#include "generated.h"
#include "packages.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where an answer goes. */
typedef struct {
    const rayp_host_t *host;
    rayp_sink_t *out;
} answer_t;

static rayp_status_t put(answer_t answer, const char *text)
{
    return answer.host->write(answer.out, text, strlen(text));
}

static void put_value(answer_t answer, json_t value)
{
    answer.host->write(answer.out, value.text, value.size);
}

/* A text in an answer that is made of what is safe in JSON and in a shell. */
static void put_plain(answer_t answer, const rayp_view_t *text)
{
    for (uint64_t i = 0; i < text->size; i++) {
        if (strchr("\"\\'$`", text->data[i]) == NULL && (unsigned char)text->data[i] >= ' ') {
            answer.host->write(answer.out, text->data + i, 1);
        }
    }
}

static void put_diagnostic(answer_t answer, bool is_error, json_t package, const char *fault, json_t place)
{
    json_t text = json_is_string(package) ? json_inside(package) : package;
    put(answer, "{\"class\": \"input\", \"severity\": ");
    put(answer, is_error ? "\"error\"" : "\"warning\"");
    put(answer, ", \"message\": \"`");
    put_value(answer, text);
    put(answer, "` ");
    put(answer, fault);
    put(answer, is_error ? "\", \"hint\": \"write NAME or NAME=VERSION, as `apt-cache policy` shows them\""
                         : "\", \"hint\": \"leave one of them out\"");
    for (const char **key = (const char *[]){"file", "line", "column", NULL}; *key != NULL; key++) {
        json_t value = json_member(place, *key);
        if (value.text != NULL) {
            put(answer, ", \"");
            put(answer, *key);
            put(answer, "\": ");
            put_value(answer, value);
        }
    }
    put(answer, "}");
}

/* Writes `"diagnostics": […]`, and returns whether the packages can be used. */
static bool put_diagnostics(answer_t answer, json_t packages, json_t places)
{
    bool is_right = true;
    size_t index = 0;
    const char *separator = "";
    put(answer, "\"diagnostics\": [");
    for (json_t item = json_first(packages); item.text != NULL; item = json_next(item), index++) {
        const char *fault = package_fault(item);
        bool is_repeated = fault == NULL && package_is_repeated(packages, item);
        if (fault == NULL && !is_repeated) {
            continue;
        }
        char pointer[32];
        snprintf(pointer, sizeof pointer, "/apt/%zu", index);
        put(answer, separator);
        separator = ", ";
        put_diagnostic(answer, fault != NULL, item, is_repeated ? "is listed twice" : fault, json_member(places, pointer));
        is_right = is_right && fault == NULL;
    }
    put(answer, "], \"files\": []");
    return is_right;
}

static rayp_status_t fail(answer_t answer, const rayp_op_t *op, const char *error_class, const char *message)
{
    return answer.host->fail(op, error_class, message, strlen(message));
}

rayp_status_t apt_check(const rayp_view_t *packages, const rayp_view_t *places, rayp_sink_t *out, const rayp_op_t *op,
                        void *self)
{
    answer_t answer = {self, out};
    json_t list = json_value(packages->data);
    if (*list.text != '[') {
        return fail(answer, op, "input", "`apt` is no list of packages");
    }
    put(answer, "{");
    put_diagnostics(answer, list, json_value(places->data));
    return put(answer, "}");
}

/* Each package between these. */
static void put_all(answer_t answer, const json_t *packages, size_t count, const char *before, const char *after)
{
    for (size_t i = 0; i < count; i++) {
        put(answer, before);
        put_value(answer, packages[i]);
        put(answer, after);
    }
}

static void put_components(answer_t answer, const json_t *packages, size_t count, const rayp_view_t *architecture,
                           const rayp_view_t *distribution)
{
    put(answer, ", \"inputs\": [], \"components\": {\"packages\": \"");
    put_all(answer, packages, count, "", "\\n");
    put(answer, "\", \"architecture\": \"");
    put_plain(answer, architecture);
    put(answer, "\", \"distribution\": \"");
    put_plain(answer, distribution);
    put(answer, "\"}");
}

/* apt wants to write only into folders of its user's, and asks for no lock of the system's: it does not
 * change what is installed. `--reinstall` has it fetch what the system has already. */
static void put_steps(answer_t answer, const json_t *packages, size_t count)
{
    char title[64];
    snprintf(title, sizeof title, "download %zu package%s with apt", count, count == 1 ? "" : "s");
    put(answer, ", \"steps\": [{\"timeout\": 1800, \"title\": \"");
    put(answer, title);
    put(answer,
        "\", \"script\": \""
        "mkdir -p \\\"$RAY_LAYER/apt/archives/partial\\\"\\n"
        "apt-get -q -o Debug::NoLocking=true -o APT::Sandbox::User=\\\"$(id -un)\\\" -o Dir::Cache=\\\"$RAY_LAYER/apt\\\" "
        "-o Dir::Cache::archives=\\\"$RAY_LAYER/apt/archives\\\" -o Dir::Log=\\\"$RAY_LAYER/apt\\\" "
        "-o APT::Get::AllowUnauthenticated=false --yes --no-remove --no-install-recommends --reinstall "
        "--download-only install");
    put_all(answer, packages, count, " '", "'");
    put(answer,
        "\\n\"}, {\"timeout\": 600, \"title\": \"unpack them\", \"script\": \""
        "mkdir \\\"$RAY_LAYER/root\\\"\\n"
        "for package in \\\"$RAY_LAYER\\\"/apt/archives/*.deb; do\\n"
        "  dpkg-deb -x \\\"$package\\\" \\\"$RAY_LAYER/root\\\"\\n"
        "  dpkg-deb --show --showformat='${Package}=${Version}\\\\n' \\\"$package\\\" >> \\\"$RAY_LAYER/packages.txt\\\"\\n"
        "done\\n"
        "rm -r \\\"$RAY_LAYER/apt\\\"\\n\"}]");
}

static void put_activation(answer_t answer, const rayp_view_t *arch)
{
#define ROOT "${prefix}/root"
    put(answer,
        ", \"activation\": {\"prepend\": {\"PATH\": \"" ROOT "/usr/bin:" ROOT "/usr/sbin:" ROOT "/bin:" ROOT "/sbin:" ROOT
        "/usr/games\", \"CPATH\": \"" ROOT "/usr/include\"");
    for (const char **name = (const char *[]){"LD_LIBRARY_PATH", "LIBRARY_PATH", NULL}; *name != NULL; name++) {
        put(answer, ", \"");
        put(answer, *name);
        put(answer, "\": \"" ROOT "/usr/lib/");
        put_plain(answer, arch);
        put(answer, "-linux-gnu:" ROOT "/lib/");
        put_plain(answer, arch);
        put(answer, "-linux-gnu:" ROOT "/usr/lib\"");
    }
    put(answer, "}}");
#undef ROOT
}

/* Every program of the layer finds its libraries. */
static const char verify[] =
    ", \"verify\": \""
    "test -s \\\"$RAY_LAYER/packages.txt\\\"\\n"
    "for program in \\\"$RAY_LAYER\\\"/root/bin/* \\\"$RAY_LAYER\\\"/root/sbin/* \\\"$RAY_LAYER\\\"/root/usr/*bin/* "
    "\\\"$RAY_LAYER\\\"/root/usr/games/*; do\\n"
    "  [ -f \\\"$program\\\" ] && [ -x \\\"$program\\\" ] || continue\\n"
    "  missing=$(ldd \\\"$program\\\" 2>/dev/null | sed -n 's/^[[:space:]]*\\\\([^ ]*\\\\) => not found$/\\\\1/p')\\n"
    "  [ -z \\\"$missing\\\" ] || { echo \\\"$program needs $missing, which no package brought\\\" >&2; exit 1; }\\n"
    "done\\n\"";

rayp_status_t apt_plan(const rayp_view_t *packages, const rayp_view_t *places, const rayp_view_t *arch,
                       const rayp_view_t *apt, const rayp_view_t *architecture, const rayp_view_t *distribution,
                       rayp_sink_t *out, const rayp_op_t *op, void *self)
{
    answer_t answer = {self, out};
    json_t list = json_value(packages->data);
    if (*list.text != '[') {
        return fail(answer, op, "input", "`apt` is no list of packages");
    }
    if (apt->size == 0) {
        return fail(answer, op, "tool-missing", "the node has no `apt-get`: `apt` is for Debian and what descends from it");
    }
    put(answer, "{");
    if (!put_diagnostics(answer, list, json_value(places->data))) {
        return put(answer, "}");
    }
    size_t count;
    json_t *sorted = sorted_packages(list, &count);
    if (sorted == NULL) {
        return fail(answer, op, "internal", "there is no memory for the list of packages");
    }
    put_components(answer, sorted, count, architecture, distribution);
    put_steps(answer, sorted, count);
    free(sorted);
    put_activation(answer, arch);
    put(answer, verify);
    return put(answer, ", \"notes\": [\"a package without a version is that of apt's lists when the layer is built\"]}");
}

/* Keeps the host's table, which comes back as `self` of every operation. */
static rayp_status_t start(const rayp_host_t *host, void **self)
{
    *self = (void *)(uintptr_t)host;
    return RAYP_OK;
}

RAY_PLUGIN_TABLE(start, NULL)
