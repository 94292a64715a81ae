/* libcurl's variadic functions, one typed function for each kind of value, and its unions. */
#ifndef CAUSEWAY_CURL_H
#define CAUSEWAY_CURL_H

#include <curl/curl.h>

static inline CURLcode causeway_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode causeway_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode causeway_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode causeway_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode causeway_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}
/* CURLOPT_READFUNCTION, CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION take the same type. */
static inline CURLcode causeway_curl_set_transfer(
    CURL *easy, CURLoption option, size_t (*value)(char *bytes, size_t size, size_t count, void *context)) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode causeway_curl_set_seek(CURL *easy, int (*value)(void *context, curl_off_t offset, int origin)) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, value);
}
static inline CURLcode causeway_curl_get_long(CURL *easy, CURLINFO information, long *value) {
    return curl_easy_getinfo(easy, information, value);
}
static inline CURLcode causeway_curl_get_size(CURL *easy, CURLINFO information, curl_off_t *value) {
    return curl_easy_getinfo(easy, information, value);
}
static inline CURLMcode causeway_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
static inline CURLcode causeway_curl_message_result(const CURLMsg *message) { return message->data.result; }

#endif
