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

static int is_digit(uint8_t byte) {
    uint8_t letter = byte | 0x20;
    return (byte >= '0' && byte <= '9') || (letter >= 'a' && letter <= 'f');
}

/* What the escapes of one letter stand for; zero for what is none. */
static const uint8_t escapes[256] = {
    ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = 0x08, ['f'] = 0x0C, ['n'] = 0x0A, ['r'] = 0x0D, ['t'] = 0x09,
};

size_t causeway_string_end(const uint8_t *bytes, size_t start, size_t end, int *escaped) {
    size_t place = start;
    *escaped = 0;
    for (;;) {
        place = causeway_scan_special(bytes, place, end);
        if (place >= end) return end;
        if (bytes[place] == '"') return place;
        if (bytes[place] != '\\' || place + 1 >= end) return end;
        *escaped = 1;
        if (escapes[bytes[place + 1]]) {
            place += 2;
        } else {
            if (bytes[place + 1] != 'u' || end - place < 6) return end;
            for (size_t digit = place + 2; digit < place + 6; digit++)
                if (!is_digit(bytes[digit])) return end;
            place += 6;
        }
    }
}

size_t causeway_unescape(const uint8_t *bytes, size_t start, size_t end, uint8_t *output, size_t *written) {
    size_t place = start;
    uint8_t *out = output;
    for (;;) {
        int found = 0;
#if defined(__SSE2__)
        const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), last = _mm_set1_epi8(0x1F);
        while (!found && end - place >= 16) {
            __m128i part = _mm_loadu_si128((const __m128i *)(bytes + place));
            __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(part, quote), _mm_cmpeq_epi8(part, backslash)),
                                           _mm_cmpeq_epi8(_mm_min_epu8(part, last), part));
            int mask = _mm_movemask_epi8(special);
            /* What lies behind the first of them is written over. */
            _mm_storeu_si128((__m128i *)out, part);
            size_t count = mask ? (size_t)__builtin_ctz((unsigned)mask) : 16;
            place += count;
            out += count;
            found = mask != 0;
        }
#endif
        if (!found)
            while (place < end && !is_special(bytes[place])) *out++ = bytes[place++];
        if (end - place < 2 || bytes[place] != '\\' || !escapes[bytes[place + 1]]) break;
        *out++ = escapes[bytes[place + 1]];
        place += 2;
    }
    *written = (size_t)(out - output);
    return place;
}
