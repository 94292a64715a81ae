#include "causeway_shims.h"
#include <string.h>

/* Reflected polynomial of CRC-32C (RFC 3720, appendix B.4). */
#define POLYNOMIAL 0x82f63b78u

static uint32_t by_bits(uint32_t state, const unsigned char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        state ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) state = (state >> 1) ^ (POLYNOMIAL & (0u - (state & 1u)));
    }
    return state;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2")))
static uint32_t by_instruction(uint32_t state, const unsigned char *bytes, size_t count) {
    uint64_t wide = state;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = __builtin_ia32_crc32di(wide, word);
        bytes += 8;
        count -= 8;
    }
    state = (uint32_t)wide;
    while (count-- > 0) state = __builtin_ia32_crc32qi(state, *bytes++);
    return state;
}

uint32_t causeway_crc32c(uint32_t state, const void *bytes, size_t count) {
    if (__builtin_cpu_supports("sse4.2")) return by_instruction(state, bytes, count);
    return by_bits(state, bytes, count);
}

#elif defined(__aarch64__)
#include <arm_acle.h>

__attribute__((target("+crc")))
uint32_t causeway_crc32c(uint32_t state, const void *from, size_t count) {
    const unsigned char *bytes = from;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        state = __crc32cd(state, word);
        bytes += 8;
        count -= 8;
    }
    while (count-- > 0) state = __crc32cb(state, *bytes++);
    return state;
}

#else

uint32_t causeway_crc32c(uint32_t state, const void *bytes, size_t count) { return by_bits(state, bytes, count); }

#endif
