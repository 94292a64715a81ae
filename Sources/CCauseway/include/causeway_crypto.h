/* What is used of OpenSSL's libcrypto, as plain functions over bytes: its own headers stay out of Swift's sight. */
#ifndef CAUSEWAY_CRYPTO_H
#define CAUSEWAY_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

/* AES-256-GCM with a 32-byte key, a 12-byte nonce and a 16-byte tag. `sealed` has room for `count` + 16 bytes: ciphertext, then tag.
 * 1 when done, 0 when the library would not. */
int causeway_gcm_seal(const uint8_t *key, const uint8_t *nonce, const uint8_t *associated, size_t associated_count,
                      const uint8_t *plain, size_t count, uint8_t *sealed);

/* The reverse; `count` is that of the ciphertext without its tag. 0 also when the tag does not fit; `plain` is of no worth then. */
int causeway_gcm_open(const uint8_t *key, const uint8_t *nonce, const uint8_t *associated, size_t associated_count,
                      const uint8_t *sealed, size_t count, uint8_t *plain);

/* HMAC-SHA-256; `digest` has room for 32 bytes. */
int causeway_hmac_sha256(const uint8_t *key, size_t key_count, const uint8_t *message, size_t count, uint8_t *digest);

/* SHA-256; `digest` has room for 32 bytes. */
int causeway_sha256(const uint8_t *message, size_t count, uint8_t *digest);

#endif
