import Glibc

/// A connection read as HTTP/1.1, one request after the other.
final class SocketStream {
    struct Head {
        var method: String
        var path: String
        var headers: [String: String]
    }

    private let descriptor: Int32
    private let pause: Duration
    private var buffered: [UInt8] = []

    init(_ descriptor: Int32, pause: Duration) {
        self.descriptor = descriptor
        self.pause = pause
    }

    /// Nil at the end of the connection.
    func readHead() -> Head? {
        let end = [UInt8]("\r\n\r\n".utf8)
        while true {
            // A TLS handshake, for one.
            if let first = buffered.first, first < UInt8(ascii: "A") { return nil }
            if let range = buffered.firstRange(of: end) {
                let lines = String(decoding: buffered[..<range.lowerBound], as: UTF8.self).split(separator: "\r\n")
                buffered.removeFirst(range.upperBound)
                let words = lines[0].split(separator: " ")
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    guard let colon = line.firstIndex(of: ":") else { continue }
                    headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
                }
                return Head(method: String(words[0]), path: words.count > 1 ? String(words[1]) : "", headers: headers)
            }
            guard fill() else { return nil }
        }
    }

    func readBody(_ count: Int) -> [UInt8]? {
        while buffered.count < count { guard fill() else { return nil } }
        let body = [UInt8](buffered.prefix(count))
        buffered.removeFirst(count)
        return body
    }

    func answer(_ status: Int, _ headers: [String: String], _ body: [UInt8], length: Int) -> Bool {
        var head = "HTTP/1.1 \(status) Said\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        // These have no body by definition.
        if status != 204 && status != 304 { head += "Content-Length: \(length)\r\n" }
        return write([UInt8]((head + "\r\n").utf8) + body)
    }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func resetOnClose() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }

    private func fill() -> Bool {
        if pause > .zero { usleep(UInt32(pause.components.attoseconds / 1_000_000_000_000)) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, filled in
            filled = unsafe max(recv(descriptor, buffer.baseAddress, buffer.count, 0), 0)
        }
        buffered += bytes
        return !bytes.isEmpty
    }
}
