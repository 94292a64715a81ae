// A sender of telemetry that waits for each answer: CONNECTIONS threads, each posting one request after another for some seconds.
//
//   load PORT REQUEST.otlp IDS CONNECTIONS SECONDS
//
// IDS lists where in the request the trace ids are (u32, little-endian); the first half of each is replaced in every request, so that no two
// requests are alike. Prints one JSON object: what was sent, and how long the answers took.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct work {
    pthread_t thread;
    unsigned port;
    const uint8_t *body;
    size_t length;
    const uint32_t *ids;
    size_t id_count;
    uint64_t random;
    double until;
    // What came of it.
    float *milliseconds;
    size_t answers, room, refused, failed;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(3);
}

// splitmix64: enough that a compressor finds nothing in it.
static uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int connect_to(unsigned port) {
    int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (socket_ < 0 || connect(socket_, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
    int one = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return socket_;
}

static int send_all(int socket_, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(socket_, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return -1;
        bytes += sent;
        length -= (size_t)sent;
    }
    return 0;
}

// Reads one whole answer and returns its status, or -1. Answers here are short and declare their length.
static int read_answer(int socket_) {
    char buffer[8192];
    size_t have = 0;
    for (;;) {
        if (have == sizeof buffer - 1) return -1;
        ssize_t got = recv(socket_, buffer + have, sizeof buffer - 1 - have, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return -1;
        have += (size_t)got;
        buffer[have] = 0;
        const char *end = strstr(buffer, "\r\n\r\n");
        if (!end) continue;
        const char *declared = strcasestr(buffer, "\ncontent-length:");
        size_t length = declared && declared < end ? strtoul(declared + 16, NULL, 10) : 0;
        if (have >= (size_t)(end + 4 - buffer) + length) return atoi(buffer + 9);
    }
}

static void *run(void *argument) {
    struct work *work = argument;
    char head[256];
    int head_length = snprintf(
        head, sizeof head,
        "POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\nContent-Length: %zu\r\n\r\n", work->length);
    uint8_t *request = malloc((size_t)head_length + work->length);
    if (!request) fail("malloc");
    memcpy(request, head, (size_t)head_length);
    uint8_t *body = request + head_length;
    memcpy(body, work->body, work->length);

    int socket_ = connect_to(work->port);
    while (now() < work->until) {
        uint64_t id = next_random(&work->random);
        for (size_t at = 0; at < work->id_count; at++) memcpy(body + work->ids[at], &id, sizeof id);
        double began = now();
        int status = send_all(socket_, request, (size_t)head_length + work->length) < 0 ? -1 : read_answer(socket_);
        if (status == 200) {
            if (work->answers == work->room) {
                work->room = work->room ? 2 * work->room : 65536;
                work->milliseconds = realloc(work->milliseconds, work->room * sizeof(float));
                if (!work->milliseconds) fail("realloc");
            }
            work->milliseconds[work->answers++] = (float)((now() - began) * 1e3);
        } else if (status == 503) {
            work->refused++;
            usleep(20000);
        } else {
            work->failed++;
            close(socket_);
            socket_ = connect_to(work->port);
        }
    }
    close(socket_);
    free(request);
    return NULL;
}

static void *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    void *bytes = malloc(*length);
    if (!bytes || fread(bytes, 1, *length, file) != *length) fail(path);
    fclose(file);
    return bytes;
}

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

int main(int count, char **arguments) {
    if (count != 6) {
        fputs("usage: load PORT REQUEST.otlp IDS CONNECTIONS SECONDS\n", stderr);
        return 2;
    }
    size_t length, id_bytes;
    uint8_t *body = read_file(arguments[2], &length);
    uint32_t *ids = read_file(arguments[3], &id_bytes);
    size_t connections = strtoul(arguments[4], NULL, 10);
    struct work *works = calloc(connections, sizeof *works);
    if (!works) fail("calloc");

    double began = now();
    for (size_t at = 0; at < connections; at++) {
        works[at] = (struct work){.port = (unsigned)atoi(arguments[1]),
                                  .body = body,
                                  .length = length,
                                  .ids = ids,
                                  .id_count = id_bytes / sizeof *ids,
                                  .random = at << 32,
                                  .until = began + atof(arguments[5])};
        if (pthread_create(&works[at].thread, NULL, run, &works[at])) fail("pthread_create");
    }
    size_t answers = 0, refused = 0, failed = 0;
    for (size_t at = 0; at < connections; at++) {
        pthread_join(works[at].thread, NULL);
        answers += works[at].answers;
        refused += works[at].refused;
        failed += works[at].failed;
    }
    double seconds = now() - began;

    float *all = malloc((answers + 1) * sizeof *all);
    if (!all) fail("malloc");
    size_t filled = 0;
    for (size_t at = 0; at < connections; at++) {
        memcpy(all + filled, works[at].milliseconds, works[at].answers * sizeof *all);
        filled += works[at].answers;
    }
    qsort(all, answers, sizeof *all, by_size);
    printf("{\"requests\": %zu, \"refused\": %zu, \"failed\": %zu, \"seconds\": %.3f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n", answers, refused,
           failed, seconds, answers ? all[answers / 2] : 0, answers ? all[answers * 99 / 100] : 0);
    return 0;
}
