/* node STATE NUMBER sh -c COMMAND: answers as the agent of a node would to what `ray` asks while it brings a
   cluster or a session up, and keeps in STATE/NUMBER what was done. Odd nodes have another Python than even
   ones, and those with a file STATE/NUMBER.dead answer nothing. It runs nothing of what it gets. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *state_file;
static bool odd;
/* What was done: a line `done DIGEST` for each step, `built`, and `ray DIGEST`, of which the last counts. */
static char done[1 << 16];
static char ray[128] = "none";
static bool built;

static void load(void)
{
    FILE *file = fopen(state_file, "re");
    char line[512];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "done ", 5) == 0) {
            strncat(done, line, sizeof done - strlen(done) - 1);
        } else if (strncmp(line, "built", 5) == 0) {
            built = true;
        } else {
            sscanf(line, "ray %127s", ray);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}

__attribute__((format(printf, 1, 2))) static void keep(const char *format, ...)
{
    FILE *file = fopen(state_file, "ae");
    if (file == NULL) {
        exit(1);
    }
    va_list values;
    va_start(values, format);
    vfprintf(file, format, values);
    va_end(values);
    fclose(file);
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* In place; returns the size. */
static size_t decode(char *text)
{
    size_t size = 0;
    unsigned bits = 0;
    int count = 0;
    for (const char *next = text; *next != 0; next++) {
        const char *digit = strchr(digits, *next);
        if (digit == NULL) {
            continue;
        }
        bits = bits << 6 | (unsigned)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            text[size++] = (char)(bits >> count & 255);
        }
    }
    text[size] = 0;
    return size;
}

static void tell(const char *id, const char *text, size_t size)
{
    printf("out %s ", id);
    for (size_t at = 0; at < size; at += 3) {
        unsigned bits = 0;
        for (size_t byte = at; byte < at + 3; byte++) {
            bits = bits << 8 | (byte < size ? (unsigned char)text[byte] : 0);
        }
        printf("%c%c%c%c", digits[bits >> 18 & 63], digits[bits >> 12 & 63],
            at + 1 < size ? digits[bits >> 6 & 63] : '=', at + 2 < size ? digits[bits & 63] : '=');
    }
    putchar('\n');
}

static void run(const char *id, const char *script)
{
    static char text[1 << 17];
    static const char login[] = "/root\nthere\nHOME=/root\0PATH=/usr/bin:/bin";
    const char *remembered = strstr(script, "running=yes\necho \"");
    bool failed = false;
    text[0] = 0;
    if (strstr(script, "printf 'ray '") != NULL) {
        snprintf(text, sizeof text, "%sray %s yes\n", done, ray);
    } else if (remembered != NULL) {
        keep("ray %.64s\n", strchr(remembered, '"') + 1);
    } else if (strstr(script, "env -0 >&3") != NULL) {
        tell(id, login, sizeof login);
    } else if (strstr(script, "importlib.metadata") != NULL) {
        snprintf(text, sizeof text, "python_version=3.11.2\nray_version=2.60.0\n");
    } else if (strstr(script, "uname -s") != NULL) {
        snprintf(text, sizeof text, "os=linux\narch=x86_64\nlibc=glibc-2.36\nhome=/root\n=\npython=/usr/bin/python3%s\n",
            odd ? ".11" : "");
    } else if (strstr(script, "set -- check ") != NULL) {
        snprintf(text, sizeof text, "same\n");
    } else if (strstr(script, " check ") != NULL) {
        failed = !built;
    }
    if (text[0] != 0) {
        tell(id, text, strlen(text));
    }
    printf("end %s %d\n", id, failed);
}

static void step(const char *id, const char *digest, const char *kind)
{
    printf("started %s\n", id);
    if (strcmp(kind, "sh") == 0) {
        keep("built\n");
        built = true;
        printf("end %s 100\n", id);
        return;
    }
    keep("done %s\n", digest);
    printf("end %s 0\n", id);
}

int main(int count, char **words)
{
    if (count < 6) {
        return 64;
    }
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", words[1], words[2]);
    state_file = path;
    static char dead[4096 + 8];
    snprintf(dead, sizeof dead, "%s.dead", path);
    if (access(dead, F_OK) == 0) {
        fputs("nobody is there\n", stderr);
        return 1;
    }
    odd = atoi(words[2]) % 2 == 1;
    if (strstr(words[5], "; exit 0") != NULL) {
        return 0;
    }
    load();
    puts("ready 1");
    fflush(stdout);
    char *line = NULL, *body = NULL;
    size_t room = 0, size = 0;
    while (getline(&line, &room, stdin) > 0) {
        char verb[16] = "", id[32] = "", first[256] = "", limit[32] = "", kind[16] = "";
        sscanf(line, "%15s %31s %255s %31s %15s", verb, id, first, limit, kind);
        if (strcmp(verb, "quit") == 0) {
            break;
        }
        size = 0;
        bool has_body = strcmp(verb, "run") == 0 || strcmp(verb, "step") == 0;
        while (has_body && getline(&line, &room, stdin) > 0 && strcmp(line, ".\n") != 0) {
            size_t more = strlen(line);
            body = realloc(body, size + more + 1);
            if (body == NULL) {
                return 70;
            }
            memcpy(body + size, line, more + 1);
            size += more;
        }
        if (has_body && body != NULL) {
            decode(body);
        }
        if (strcmp(verb, "run") == 0) {
            run(id, body);
        } else if (strcmp(verb, "step") == 0) {
            step(id, first, kind);
        } else {
            printf("end %s 0\n", id);
        }
        fflush(stdout);
    }
    return 0;
}
