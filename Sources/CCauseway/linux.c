#define _GNU_SOURCE
#include "causeway_shims.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
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

/* Opens the directory and names the socket below its descriptor; the descriptor is the caller's to close. */
static int local_address(const char *directory, const char *name, struct sockaddr_un *address) {
    int descriptor = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int length = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", descriptor, name);
    if (length > 0 && (size_t)length < sizeof address->sun_path) return descriptor;
    close(descriptor);
    errno = ENAMETOOLONG;
    return -1;
}

static int closed(int first, int second) {
    int code = errno;
    if (first >= 0) close(first);
    if (second >= 0) close(second);
    errno = code;
    return -1;
}

int causeway_local_listen(const char *directory, const char *name) {
    struct sockaddr_un address;
    int place = local_address(directory, name, &address);
    if (place < 0) return -1;
    struct stat there;
    if (fstatat(place, name, &there, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(there.st_mode)) unlinkat(place, name, 0);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* The mode before anybody can connect: that takes the call of listen. */
    if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 || fchmodat(place, name, 0600, 0) != 0
        || listen(descriptor, 8) != 0)
        return closed(descriptor, place);
    close(place);
    return descriptor;
}

int causeway_local_connect(const char *directory, const char *name) {
    struct sockaddr_un address;
    int place = local_address(directory, name, &address);
    if (place < 0) return -1;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) return closed(descriptor, place);
    close(place);
    return descriptor;
}

int causeway_peer_is_same_user(int descriptor) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == geteuid();
}

long causeway_peer_user(int descriptor) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? (long)peer.uid : -1;
}

long causeway_send_now(int descriptor, const void *bytes, size_t count) {
    return send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void causeway_limit_waiting(int descriptor, int seconds) {
    struct timeval limit = {.tv_sec = seconds};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

void causeway_close_on_exec(int descriptor) { fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

long causeway_write_quietly(int descriptor, const void *bytes, size_t count) {
    ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
    return sent < 0 && errno == ENOTSOCK ? write(descriptor, bytes, count) : sent;
}

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
