/* The compression libraries, as they are. */
#ifndef CAUSEWAY_CODECS_H
#define CAUSEWAY_CODECS_H

#include <libdeflate.h>
#include <zstd.h>
#include <zstd_errors.h>

#endif
