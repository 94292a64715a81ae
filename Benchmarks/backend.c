// The least that a backend can do: reads OTLP/HTTP requests, counts their spans, answers. One thread.
//
//   backend PORT          a backend for the bridge to deliver to
//   backend PORT FILE     the same that also writes each request to FILE and syncs it before it answers: what durability costs at least
//
// GET answers with the counts as JSON. Requests that are there together share one fdatasync.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zstd.h>

enum { MOST_CONNECTIONS = 1024, MOST_PLAIN = 64 << 20, LOG_ROOM = 256 << 20 };

struct connection {
    uint8_t *bytes;
    size_t have, room;
    // Answers are written when what they promise has been synced.
    int unanswered, asked_for_counts;
};

static struct connection connections[MOST_CONNECTIONS];
static unsigned long long requests, spans, wire_bytes;
static uint8_t *plain;
static struct libdeflate_decompressor *decompressor;

static void fail(const char *what) {
    perror(what);
    exit(3);
}

// Calls itself for nested messages: how often the fields `path` lead from one to the next. A span is 1 → 2 → 2 of a request.
static unsigned long long count(const uint8_t *at, const uint8_t *end, const uint8_t *path, int levels) {
    unsigned long long found = 0;
    while (at < end) {
        uint64_t parts[2] = {0};
        for (int part = 0; part < 2; part++) {
            int shift = 0;
            while (at < end && shift < 64) {
                parts[part] |= (uint64_t)(*at & 127) << shift;
                shift += 7;
                if (!(*at++ & 128)) break;
            }
            if (part == 0 && (parts[0] & 7) != 2) break;
        }
        switch (parts[0] & 7) {
        case 0:
            while (at < end && *at++ & 128) {}
            break;
        case 1: at += 8; break;
        case 2:
            if (parts[1] > (uint64_t)(end - at)) return found;
            if (parts[0] >> 3 == path[0]) found += levels == 1 ? 1 : count(at, at + parts[1], path + 1, levels - 1);
            at += parts[1];
            break;
        case 5: at += 4; break;
        default: return found;
        }
    }
    return found;
}

static const char *header(const char *head, const char *end, const char *name) {
    const char *found = strcasestr(head, name);
    return found && found < end ? found + strlen(name) : NULL;
}

static size_t decompress(const char *encoding, const uint8_t *bytes, size_t length) {
    size_t result = 0;
    if (strncasecmp(encoding, "gzip", 4) == 0) {
        if (libdeflate_gzip_decompress(decompressor, bytes, length, plain, MOST_PLAIN, &result)) fail("a body is no gzip");
    } else {
        result = ZSTD_decompress(plain, MOST_PLAIN, bytes, length);
        if (ZSTD_isError(result)) fail("a body is neither gzip nor zstd");
    }
    return result;
}

// Takes every whole request from the front of what has come.
static void take_requests(struct connection *connection, int log, off_t *log_end) {
    size_t taken = 0;
    for (;;) {
        char *head = (char *)connection->bytes + taken;
        char *end = memmem(head, connection->have - taken, "\r\n\r\n", 4);
        if (!end) break;
        *end = 0;
        const char *declared = header(head, end, "\ncontent-length:");
        const char *encoding = header(head, end, "\ncontent-encoding:");
        size_t length = declared ? strtoul(declared, NULL, 10) : 0;
        size_t whole = (size_t)(end + 4 - head) + length;
        *end = '\r';
        if (connection->have - taken < whole) break;
        const uint8_t *body = (uint8_t *)end + 4;
        if (head[0] == 'G') {
            connection->asked_for_counts = 1;
        } else {
            wire_bytes += length;
            if (log >= 0) {
                if (pwrite(log, body, length, *log_end) != (ssize_t)length) fail("pwrite");
                *log_end = (*log_end + (off_t)length) % LOG_ROOM;
            }
            if (encoding) {
                length = decompress(encoding + strspn(encoding, " "), body, length);
                body = plain;
            }
            requests++;
            // The bridge sends metrics that it derives, too.
            if (strncmp(head, "POST /v1/traces ", 16) == 0) spans += count(body, body + length, (const uint8_t[]){1, 2, 2}, 3);
            connection->unanswered++;
        }
        taken += whole;
    }
    memmove(connection->bytes, connection->bytes + taken, connection->have - taken);
    connection->have -= taken;
}

static int receive(int socket_, struct connection *connection) {
    for (;;) {
        if (connection->room - connection->have < 65536) {
            connection->room = connection->room ? 2 * connection->room : 1 << 20;
            connection->bytes = realloc(connection->bytes, connection->room + 1);
            if (!connection->bytes) fail("realloc");
        }
        ssize_t got = recv(socket_, connection->bytes + connection->have, connection->room - connection->have, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return 0;
        if (got <= 0) return -1;
        connection->have += (size_t)got;
        connection->bytes[connection->have] = 0;
    }
}

static void answer(int socket_, struct connection *connection) {
    static const char accepted[] = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
    for (; connection->unanswered > 0; connection->unanswered--) send(socket_, accepted, sizeof accepted - 1, MSG_NOSIGNAL);
    if (connection->asked_for_counts) {
        char body[160], all[320];
        int length = snprintf(body, sizeof body, "{\"requests\": %llu, \"spans\": %llu, \"wire_bytes\": %llu}", requests, spans, wire_bytes);
        int whole = snprintf(all, sizeof all, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body);
        send(socket_, all, (size_t)whole, MSG_NOSIGNAL);
        connection->asked_for_counts = 0;
    }
}

int main(int argument_count, char **arguments) {
    if (argument_count < 2 || argument_count > 3) {
        fputs("usage: backend PORT [FILE]\n", stderr);
        return 2;
    }
    int log = -1;
    off_t log_end = 0;
    if (argument_count == 3) {
        log = open(arguments[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (log < 0 || posix_fallocate(log, 0, LOG_ROOM)) fail(arguments[2]);
    }
    plain = malloc(MOST_PLAIN);
    decompressor = libdeflate_alloc_decompressor();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (!plain || !decompressor || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) fail("listen");
    int poll_ = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(poll_, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});

    for (;;) {
        struct epoll_event events[128];
        int ready = epoll_wait(poll_, events, 128, -1);
        unsigned long long before = requests;
        for (int at = 0; at < ready; at++) {
            int socket_ = events[at].data.fd;
            if (socket_ == listener) {
                int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
                if (accepted < 0) continue;
                if (accepted >= MOST_CONNECTIONS) {
                    close(accepted);
                    continue;
                }
                setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                epoll_ctl(poll_, EPOLL_CTL_ADD, accepted, &(struct epoll_event){.events = EPOLLIN, .data.fd = accepted});
            } else if (receive(socket_, &connections[socket_]) < 0) {
                close(socket_);
                free(connections[socket_].bytes);
                connections[socket_] = (struct connection){0};
            } else {
                take_requests(&connections[socket_], log, &log_end);
            }
        }
        if (log >= 0 && requests > before && fdatasync(log)) fail("fdatasync");
        for (int at = 0; at < ready; at++)
            if (events[at].data.fd != listener) answer(events[at].data.fd, &connections[events[at].data.fd]);
    }
}
