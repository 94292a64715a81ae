internal import CCauseway
internal import Glibc

/// Streams that are waited for together: connections of a local socket, standard input, and what wakes whoever waits.
package enum Descriptors {
    package enum Outcome: Equatable, Sendable {
        case bytes([UInt8])
        /// Nothing more will come.
        case end
        case nothing
    }

    /// Which of them have something to read, or have ended; returns when one has, or when the time is over.
    package static func wait(for descriptors: [Int32], timeout: Duration) -> [Bool] {
        var waiting = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let milliseconds = Int32(clamping: Int64(timeout / .milliseconds(1)))
        guard unsafe poll(&waiting, nfds_t(waiting.count), milliseconds) > 0 else { return descriptors.map { _ in false } }
        return waiting.map { $0.revents != 0 }
    }

    /// What can be read at once, at most so many bytes.
    package static func read(_ descriptor: Int32, atMost limit: Int) -> Outcome {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if count == 0 { return .end }
        if count < 0 { return errno == EINTR || errno == EAGAIN ? .nothing : .end }
        bytes.removeLast(limit - count)
        return .bytes(bytes)
    }

    /// Says something to who may not be listening: what is not taken at once is let go.
    package static func sayNow(_ bytes: [UInt8], to descriptor: Int32) {
        _ = unsafe bytes.withUnsafeBytes { unsafe causeway_send_now(descriptor, $0.baseAddress, $0.count) }
    }

    package static func close(_ descriptor: Int32) { Glibc.close(descriptor) }

    /// Two ends of a pipe: what is written at one makes the other readable.
    package static func pipe() throws(SystemError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw SystemError(code: errno) }
        for end in ends { causeway_close_on_exec(end) }
        return (ends[0], ends[1])
    }

    package static func wake(_ descriptor: Int32) {
        _ = unsafe [UInt8(0)].withUnsafeBytes { unsafe causeway_write_quietly(descriptor, $0.baseAddress, $0.count) }
    }
}

/// A socket in the file system that processes of the same user, and the machine's own, may send to.
package struct LocalListener: Sendable {
    package let descriptor: Int32

    /// Makes the socket with mode 0600, in place of one that is there.
    package init(path: String) throws(SystemError) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        descriptor = unsafe causeway_local_listen(directory, name)
        guard descriptor >= 0 else { throw SystemError(code: errno) }
    }

    package enum Visitor: Equatable, Sendable {
        case allowed(Int32)
        /// Somebody else's process; it has been sent away.
        case stranger(user: Int)
    }

    /// The next that wants to be let in; nil when it has gone meanwhile.
    package func accept() -> Visitor? {
        let peer = Glibc.accept(descriptor, nil, nil)
        guard peer >= 0 else {
            pause(.milliseconds(10))
            return nil
        }
        causeway_close_on_exec(peer)
        let user = causeway_peer_user(peer)
        if user == 0 || user == Int(geteuid()) { return .allowed(peer) }
        Glibc.close(peer)
        return .stranger(user: user)
    }
}
