/* Looking for bytes in long texts with the processor's wide registers, which Swift has no operations for. */
#ifndef CAUSEWAY_SCAN_H
#define CAUSEWAY_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* The first place from `start` on, or `end`, with a quote, a backslash or a control character. */
size_t causeway_scan_special(const uint8_t *bytes, size_t start, size_t end);

/* Where the JSON string whose inside begins at `start` has its closing quote; `end` if there is none before it, or before something that may
   not stand in a string. `escaped` says whether escapes stand in it. */
size_t causeway_string_end(const uint8_t *bytes, size_t start, size_t end, int *escaped);

/* Writes the text that the inside of a JSON string from `start` on stands for, up to the place that is returned: `end`, or the first quote,
   control character, escape of the form \u or of none that JSON has, or a backslash that is the last byte. `output` has room for
   `end` - `start` + 16 bytes; `written` says how many are the text. */
size_t causeway_unescape(const uint8_t *bytes, size_t start, size_t end, uint8_t *output, size_t *written);

#endif
