/* Looking for bytes in long texts with the processor's wide registers, which Swift has no operations for. */
#ifndef CAUSEWAY_SCAN_H
#define CAUSEWAY_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* The first place from `start` on, or `end`, with a quote, a backslash or a control character. */
size_t causeway_scan_special(const uint8_t *bytes, size_t start, size_t end);

#endif
