#define _GNU_SOURCE
#include "causeway_shims.h"
#include <fcntl.h>
#include <pthread.h>

int causeway_reserve_blocks(int descriptor, int64_t length) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, (off_t)length);
}

void causeway_name_this_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
