#include "causeway_shims.h"

/* Set by Package.swift. */
#ifndef CAUSEWAY_COMMIT
#define CAUSEWAY_COMMIT "unknown"
#endif

const char *causeway_commit(void) { return CAUSEWAY_COMMIT; }
