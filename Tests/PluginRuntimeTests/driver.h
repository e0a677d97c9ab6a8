/* A helper program that a test runs and talks to over its socket. */
#ifndef DRIVER_H
#define DRIVER_H

#include "tests.h"

/* A running helper: this end of its socket, the pipe from its standard output, and the first that
 * it printed. */
typedef struct helper {
    pid_t process;
    int socket;
    int output;
    char printed[256];
} helper_t;

/* Seconds on a clock that only goes forward. */
double now(void);

/* Starts `program` with the library FOLDER/NAME. */
helper_t start_helper(const char *program, const char *folder, const char *name);

void send_all(const helper_t *helper, const void *data, size_t size);
void send_frame(const helper_t *helper, uint8_t kind, uint32_t call, const bytes_t *content);

/* Reads `size` bytes, meanwhile emptying the pipe of the standard output as a host does and, unless it
 * is NULL, counting in `printed`. */
bool receive(helper_t *helper, uint8_t *data, size_t size, size_t *printed);

/* Reads what it prints, up to its end. */
void receive_printed(helper_t *helper);

/* The next frame as it came, to be freed; NULL at the end of the stream. */
uint8_t *next_bytes(helper_t *helper, size_t *size, size_t *printed);
/* The next frame, decoded; kind 0 at the end of the stream. */
frame_t next_frame(helper_t *helper, size_t *printed);
void check_end(helper_t *helper);

/* Waits up to 15 seconds and returns the wait status, or -1 after killing what does not end. */
int end_helper(helper_t *helper);
void check_exit(helper_t *helper, int code);

#endif
