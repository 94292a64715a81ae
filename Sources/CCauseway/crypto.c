// For `SHA256_Init` and what belongs to it: `SHA256` looks its own algorithm up by name each time, which takes longer than a short digest.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "causeway_crypto.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

enum { TAG = 16 };

int causeway_gcm_seal(const uint8_t *key, const uint8_t *nonce, const uint8_t *associated, size_t associated_count,
                      const uint8_t *plain, size_t count, uint8_t *sealed) {
    int length = 0;
    if (count > INT_MAX - TAG || associated_count > INT_MAX) return 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (!context) return 0;
    int done = EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
               EVP_EncryptUpdate(context, NULL, &length, associated, (int)associated_count) == 1 &&
               (count == 0 || EVP_EncryptUpdate(context, sealed, &length, plain, (int)count) == 1) &&
               EVP_EncryptFinal_ex(context, sealed + count, &length) == 1 &&
               EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG, sealed + count) == 1;
    EVP_CIPHER_CTX_free(context);
    return done;
}

int causeway_gcm_open(const uint8_t *key, const uint8_t *nonce, const uint8_t *associated, size_t associated_count,
                      const uint8_t *sealed, size_t count, uint8_t *plain) {
    int length = 0;
    if (count > INT_MAX - TAG || associated_count > INT_MAX) return 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (!context) return 0;
    uint8_t last[TAG];
    int done = EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
               EVP_DecryptUpdate(context, NULL, &length, associated, (int)associated_count) == 1 &&
               (count == 0 || EVP_DecryptUpdate(context, plain, &length, sealed, (int)count) == 1) &&
               EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG, (void *)(sealed + count)) == 1 &&
               EVP_DecryptFinal_ex(context, last, &length) == 1;
    EVP_CIPHER_CTX_free(context);
    return done;
}

int causeway_hmac_sha256(const uint8_t *key, size_t key_count, const uint8_t *message, size_t count, uint8_t *digest) {
    unsigned int length = 0;
    if (key_count > INT_MAX) return 0;
    return HMAC(EVP_sha256(), key, (int)key_count, message, count, digest, &length) != NULL && length == 32;
}

int causeway_sha256(const uint8_t *message, size_t count, uint8_t *digest) {
    SHA256_CTX context;
    return SHA256_Init(&context) == 1 && SHA256_Update(&context, message, count) == 1 && SHA256_Final(digest, &context) == 1;
}
