#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ray_frames.h"

/* Only a signal handler reads it. */
static volatile pid_t parent;

void end_group(int status)
{
    /* A host makes the helper the leader of a group; anybody else's group is not the helper's to end. */
    if (getpgrp() == getpid()) {
        kill(0, SIGKILL);
    }
    _exit(status);
}

/* The kernel sends the death signal when the *thread* that started the helper ends, and a host
 * starts helpers from a pool of threads that come and go. SIGKILL would end helpers whose host is
 * alive; so it is a signal that looks whether the process is gone. */
static void on_parent_death(int signal)
{
    (void)signal;
    if (getppid() != parent) {
        end_group(1);
    }
}

/* A handler that does nothing, rather than SIG_IGN, which programs that a plugin starts would
 * inherit. */
static void on_broken_pipe(int signal)
{
    (void)signal;
}

static void handle(int signal, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

/* If the host dies before the request takes effect, the end of the stream says so. */
static void end_with_parent(void)
{
    parent = getppid();
    handle(SIGRTMAX, on_parent_death);
    prctl(PR_SET_PDEATHSIG, SIGRTMAX);
}

static int is_stream_socket(int descriptor)
{
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

static int is_file(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

void prepare_process(void)
{
    if (!is_stream_socket(RAYF_SOCKET_FD) || !is_file(RAYF_LIBRARY_FD)) {
        fputs("ray-plugin-helper: ray starts this program to run a plugin; try `ray plugin list`\n", stderr);
        exit(2);
    }
    /* What the host itself inherited is none of a plugin's business. */
    close_range(RAYF_LIBRARY_FD + 1, ~0u, 0);
    fcntl(RAYF_SOCKET_FD, F_SETFD, FD_CLOEXEC);
    fcntl(RAYF_LIBRARY_FD, F_SETFD, FD_CLOEXEC);
    end_with_parent();
    handle(SIGPIPE, on_broken_pipe);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    if (chdir("/") != 0) {
        perror("ray-plugin-helper: /");
        exit(1);
    }
}
