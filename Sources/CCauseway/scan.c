#include "causeway_scan.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static int is_special(uint8_t byte) { return byte == '"' || byte == '\\' || byte < 0x20; }

#if !defined(__SSE2__)
/* The high bit of each byte that is zero, right up to the first one. */
static uint64_t zeros(uint64_t word) { return (word - 0x0101010101010101u) & ~word & 0x8080808080808080u; }
#endif

size_t causeway_scan_special(const uint8_t *bytes, size_t start, size_t end) {
    size_t place = start;
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), last = _mm_set1_epi8(0x1F);
    for (; place + 16 <= end; place += 16) {
        __m128i part = _mm_loadu_si128((const __m128i *)(bytes + place));
        __m128i found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(part, quote), _mm_cmpeq_epi8(part, backslash)),
                                     _mm_cmpeq_epi8(_mm_min_epu8(part, last), part));
        int mask = _mm_movemask_epi8(found);
        if (mask) return place + (size_t)__builtin_ctz((unsigned)mask);
    }
#else
    for (; place + 8 <= end; place += 8) {
        uint64_t word;
        memcpy(&word, bytes + place, 8);
        if (zeros(word ^ 0x2222222222222222u) | zeros(word ^ 0x5C5C5C5C5C5C5C5Cu) |
            ((word - 0x2020202020202020u) & ~word & 0x8080808080808080u))
            break;
    }
#endif
    while (place < end && !is_special(bytes[place])) place++;
    return place;
}
