/* What the helper changes about its process before any plugin code runs. */
#ifndef RAY_HELPER_PROCESS_H
#define RAY_HELPER_PROCESS_H

/* Prepares the process. One that was not started by a host says so and exits with status 2.
 * [the main thread, first of all] */
void prepare_process(void);

/* Ends the process and all that its plugin started in its group, at once: the host is gone. A
 * helper that leads no group ends alone, with that status.
 * [any thread, a signal handler too] */
_Noreturn void end_group(int status);

#endif
