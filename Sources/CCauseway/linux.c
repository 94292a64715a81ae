#define _GNU_SOURCE
#include "causeway_shims.h"
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>

int causeway_reserve_blocks(int descriptor, int64_t length) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, (off_t)length);
}

void causeway_raise_open_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void causeway_name_this_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

const char *causeway_environment_entry(int index) { return environ == NULL ? NULL : environ[index]; }

int causeway_is_in_memory(const char *path) {
    struct statfs information;
    if (statfs(path, &information) != 0) return -1;
    return information.f_type == TMPFS_MAGIC || information.f_type == RAMFS_MAGIC;
}

int causeway_stream_socket(void) { return SOCK_STREAM; }

static volatile sig_atomic_t status_on_termination;

static void exit_at_once(int number) {
    (void)number;
    _exit(status_on_termination);
}

void causeway_exit_on_termination(int status) {
    status_on_termination = status;
    struct sigaction action = {.sa_handler = exit_at_once};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}
