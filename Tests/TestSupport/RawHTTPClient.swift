import Glibc

/// A TCP connection on which a test says exactly the bytes that it means, and reads what comes back.
///
/// Blocking, with a timeout on every wait: a test fails rather than hangs.
package final class RawHTTPClient {
    private let descriptor: Int32
    private var buffered: [UInt8] = []
    private var isOpen = true

    /// `receiveBuffer` makes the kernel's buffer small, for a client that does not read.
    package init(port: Int, host: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else {
            throw ClientError("no such address: \(host)")
        }
        defer { freeaddrinfo(found) }
        descriptor = socket(address.pointee.ai_family, address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ClientError("socket: errno \(errno)") }
        if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
        guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            isOpen = false
            throw ClientError("connect: errno \(code)")
        }
    }

    deinit { close() }

    package struct ClientError: Error, CustomStringConvertible {
        package var description: String
        init(_ description: String) { self.description = description }
    }

    /// False when the other side does not take it (any more).
    @discardableResult
    package func send(_ bytes: [UInt8], timeout: Duration = .seconds(10)) -> Bool {
        var sent = 0
        while sent < bytes.count {
            guard wait(for: Int16(POLLOUT), timeout) else { return false }
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0 {
                if errno == EAGAIN { continue }
                return false
            }
            sent += count
        }
        return true
    }

    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Says that nothing more will be sent, and goes on reading.
    package func closeOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

    package func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Goes away the rude way, with a reset.
    package func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// The next answer, whole; `hasBody` is false after a HEAD.
    package func answer(hasBody: Bool = true, timeout: Duration = .seconds(10)) throws -> RawHTTPAnswer {
        let end = ContinuousClock.now + timeout
        while true {
            if let (answer, length) = RawHTTPAnswer.parse(buffered, hasBody: hasBody) {
                buffered.removeFirst(length)
                return answer
            }
            let left = end - .now
            guard left > .zero else {
                throw ClientError("no answer within \(timeout); so far \(String(decoding: buffered, as: UTF8.self))")
            }
            guard let more = read(left) else { continue }
            guard !more.isEmpty else { throw ClientError("closed before an answer; so far \(String(decoding: buffered, as: UTF8.self))") }
            buffered += more
        }
    }

    /// Whether the other side says that no more is coming, and nothing came before that.
    package func isClosedByServer(within timeout: Duration = .seconds(10)) -> Bool {
        buffered.isEmpty && read(timeout)?.isEmpty ?? false
    }

    /// What has come within the time; empty at the end of the stream or after a reset; nil when nothing came.
    package func read(_ timeout: Duration) -> [UInt8]? {
        guard wait(for: Int16(POLLIN), timeout) else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, filled in
            filled = max(recv(descriptor, buffer.baseAddress, buffer.count, 0), 0)
        }
        return bytes
    }

    private func wait(for events: Int16, _ timeout: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        let (seconds, attoseconds) = timeout.components
        return poll(&entry, 1, Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000)) > 0
    }
}

/// An answer as it came on the wire.
package struct RawHTTPAnswer: Equatable {
    package var status: Int
    package var version: String
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The first answer in the bytes and how long it is; nil while it is not whole.
    static func parse(_ bytes: [UInt8], hasBody: Bool) -> (RawHTTPAnswer, Int)? {
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) }) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let length = hasBody ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
        guard bytes.count >= end + 4 + length else { return nil }
        let body = Array(bytes[(end + 4)..<(end + 4 + length)])
        return (RawHTTPAnswer(status: status, version: String(words[0]), headers: headers, body: body), end + 4 + length)
    }
}
