internal import CCauseway
internal import Glibc
internal import Synchronization

/// A socket in a directory, by which commands of the same user ask a running process, one line for one line.
package final class LocalSocket: Sendable {
    private let descriptor: Int32
    /// Written to when it is time to end.
    private let wake: (read: Int32, write: Int32)
    private let thread = Mutex<WorkThread?>(nil)

    /// The longest line, in bytes.
    private static let longest = 1 << 20
    /// A peer that says nothing is not waited for any longer.
    private static let patienceSeconds: Int32 = 5

    /// Makes the socket, in place of one that is there. `answer` is called on a thread of the socket's own, one line at a time.
    package init(directory: String, name: String, answer: @escaping @Sendable (_ line: [UInt8]) -> [UInt8]) throws(SystemError) {
        let descriptor = unsafe causeway_local_listen(directory, name)
        guard descriptor >= 0 else { throw SystemError(code: errno) }
        var pipes: [Int32] = [0, 0]
        guard unsafe pipe(&pipes) == 0 else {
            let code = errno
            close(descriptor)
            throw SystemError(code: code)
        }
        let ends = (read: pipes[0], write: pipes[1])
        for end in pipes { causeway_close_on_exec(end) }
        self.descriptor = descriptor
        wake = ends
        let thread = WorkThread(name: "causeway-ctl") { Self.serve(descriptor, until: ends.read, answer) }
        self.thread.withLock { $0 = thread }
    }

    /// Takes no more connections, and returns when the last line is answered. The socket's file stays; nobody listens to it.
    package func stop() {
        guard
            let thread = thread.withLock({ thread in
                defer { thread = nil }
                return thread
            })
        else { return }
        Self.write([0], to: wake.write)
        thread.join()
        for end in [descriptor, wake.read, wake.write] { close(end) }
    }

    private static func serve(_ descriptor: Int32, until wake: Int32, _ answer: (_ line: [UInt8]) -> [UInt8]) {
        while true {
            var waiting = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
            guard unsafe poll(&waiting, 2, -1) > 0 else { continue }
            if waiting[1].revents != 0 { return }
            let peer = accept(descriptor, nil, nil)
            if peer < 0 {
                // For want of descriptors, which come back.
                pause(.milliseconds(10))
                continue
            }
            defer { close(peer) }
            causeway_close_on_exec(peer)
            guard causeway_peer_is_same_user(peer) == 1 else { continue }
            causeway_limit_waiting(peer, patienceSeconds)
            guard let line = readLine(from: peer) else { continue }
            write(answer(line) + [UInt8(ascii: "\n")], to: peer)
        }
    }

    /// Says one line to who listens there, and returns what is answered. Nil when nobody listens.
    package static func ask(
        _ line: [UInt8],
        directory: String,
        name: String,
        patience: Duration = .seconds(30)
    ) throws(SystemError) -> [UInt8]? {
        let descriptor = unsafe causeway_local_connect(directory, name)
        if descriptor < 0 {
            if errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR || errno == ENOTSOCK { return nil }
            throw SystemError(code: errno)
        }
        defer { close(descriptor) }
        causeway_limit_waiting(descriptor, Int32(clamping: max(patience.components.seconds, 1)))
        write(line + [UInt8(ascii: "\n")], to: descriptor)
        guard let answer = readLine(from: descriptor) else { throw SystemError(code: errno == EAGAIN ? ETIMEDOUT : ECONNRESET) }
        return answer
    }

    /// Without its end; nil when it does not come whole.
    private static func readLine(from descriptor: Int32) -> [UInt8]? {
        var line: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while line.count <= longest {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return nil }
            line += piece[..<count]
            if let end = line.firstIndex(of: UInt8(ascii: "\n")) { return [UInt8](line[..<end]) }
        }
        return nil
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe causeway_write_quietly(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            // Who asked has gone.
            if count <= 0 { return }
            written += count
        }
    }
}
