/* What Swift cannot call or name by itself: variadic functions, macros, flexible members. One line each where one line will do. */
#ifndef CAUSEWAY_SHIMS_H
#define CAUSEWAY_SHIMS_H

#include <stddef.h>
#include <stdint.h>
#include <dirent.h>

/* Behind _GNU_SOURCE in glibc, which Swift's view of it does not define. */
int causeway_reserve_blocks(int descriptor, int64_t length);
void causeway_name_this_thread(const char *name);

/* Allows as many open files as the system lets this process have. */
void causeway_raise_open_files(void);

/* One `NAME=value` of the environment, NULL behind the last. */
const char *causeway_environment_entry(int index);

/* 1 when the path lies on a file system in memory, 0 when not, -1 when the path cannot be asked. */
int causeway_is_in_memory(const char *path);

/* An enumerator in glibc's headers, which Swift would need a cast for. */
int causeway_stream_socket(void);

/* A socket at `name` in `directory` that listens, mode 0600, or one that is connected to it; -1 and errno when there is none. However long
   the directory's path is: what a socket's address cannot hold is reached through the directory's descriptor. A socket that is there
   already is replaced, anything else is not. */
int causeway_local_listen(const char *directory, const char *name);
int causeway_local_connect(const char *directory, const char *name);

/* Whether the process at the other end of a local socket runs as the same user as this one. */
int causeway_peer_is_same_user(int descriptor);

/* The user as whom the process at the other end of a local socket runs; -1 where that is not known. */
long causeway_peer_user(int descriptor);

/* Sends what the socket takes at once. */
long causeway_send_now(int descriptor, const void *bytes, size_t count);

/* No call on the socket takes longer than this. */
void causeway_limit_waiting(int descriptor, int seconds);

/* Variadic in C. */
void causeway_close_on_exec(int descriptor);

/* Writes to a socket whose other end may be closed, or to a pipe, without a signal for it. */
long causeway_write_quietly(int descriptor, const void *bytes, size_t count);

/* From now on SIGTERM and SIGINT end the process with this status, from inside a handler; unblocks them in the calling thread. */
void causeway_exit_on_termination(int status);

/* The commit the build was made from, or "unknown". */
const char *causeway_commit(void);

static inline const char *causeway_entry_name(const struct dirent *entry) { return entry->d_name; }

/* CRC-32C over bytes; `state` starts as ~0 and is inverted at the end. */
uint32_t causeway_crc32c(uint32_t state, const void *bytes, size_t count);

#endif
