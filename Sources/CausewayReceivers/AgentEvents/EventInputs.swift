internal import CausewayPlatform
internal import Synchronization

/// The ways in for agent events beside HTTP: a local socket, standard input and followed files, all on one thread.
///
/// Nothing is read on before what was read is durable, so that the writer waits when the log does.
package final class EventInputs: Sendable {
    package struct Settings: Sendable {
        package var socket: String?
        package var readsStandardInput = false
        package var files: [String] = []

        package init() {}

        package var isEmpty: Bool { socket == nil && !readsStandardInput && files.isEmpty }
    }

    /// What somebody should read about.
    package enum Report: Equatable, Sendable {
        case refused(source: String, lines: Int, first: AgentEventVerdict.Remark)
        case stranger(user: Int)
        case failed(source: String, reason: String)
        case recovered(source: String)
    }

    private let handler: any AgentEventHandler
    private let report: @Sendable (Report) -> Void
    private let positions: @Sendable (_ name: String) -> [UInt8]?
    private let wake: (read: Int32, write: Int32)
    private let files: Mutex<[String]>
    private let isStopped = Atomic<Bool>(false)
    private let thread: Mutex<WorkThread?>

    private static let maxConnections = 256
    private static let readBytes = 256 << 10
    /// Between two looks at followed files that had nothing new.
    private static let look = Duration.milliseconds(200)

    /// `positions` are those that the log holds.
    package init(
        _ settings: Settings,
        handler: any AgentEventHandler,
        positions: @escaping @Sendable (_ name: String) -> [UInt8]?,
        report: @escaping @Sendable (Report) -> Void
    ) throws(ReceiverError) {
        self.handler = handler
        self.report = report
        self.positions = positions
        files = Mutex(settings.files)
        thread = Mutex(nil)
        let listener: LocalListener?
        do throws(SystemError) {
            wake = try Descriptors.pipe()
            listener = try settings.socket.map { path throws(SystemError) in try LocalListener(path: path) }
        } catch {
            throw .cannotListen(address: settings.socket ?? "", key: "receivers.events.socket", reason: "\(error)")
        }
        let readsStandardInput = settings.readsStandardInput
        let thread = WorkThread(name: "events") { [self] in run(listener, readsStandardInput) }
        self.thread.withLock { $0 = thread }
    }

    /// Follows these from now on.
    package func follow(_ paths: [String]) {
        files.withLock { $0 = paths }
        Descriptors.wake(wake.write)
    }

    /// Reads no more; returns when what was read is durable, or given up.
    package func stop() {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        Descriptors.wake(wake.write)
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }

    /// The name under which the position of a followed file is kept.
    package static func positionName(_ path: String) -> String {
        let digest = SHA256.digest(Array(path.utf8)).prefix(8)
        return "follow-" + digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

extension EventInputs {
    /// Somebody who writes lines.
    private final class Writer {
        let descriptor: Int32
        let source: Int
        let name: String
        var splitter: LineSplitter
        var total = AgentEventVerdict()

        init(_ descriptor: Int32, source: Int, name: String, lineLimit: Int) {
            self.descriptor = descriptor
            self.source = source
            self.name = name
            splitter = LineSplitter(limit: lineLimit)
        }
    }

    private struct State {
        var writers: [Writer] = []
        var followed: [FollowedFile] = []
        var lastSource = 0
        /// Sources that cannot go on, and were told of.
        var failing: Set<String> = []
    }

    private func run(_ listener: LocalListener?, _ readsStandardInput: Bool) {
        var state = State()
        if readsStandardInput { add(0, name: "standard input", &state) }
        while !isStopped.load(ordering: .relaxed) {
            let isBusy = follow(&state)
            let timeout: Duration = isBusy ? .zero : state.followed.isEmpty ? .seconds(5) : Self.look
            let own = [wake.read] + (listener.map { [$0.descriptor] } ?? [])
            let ready = Descriptors.wait(for: own + state.writers.map(\.descriptor), timeout: timeout)
            if ready[0] { _ = Descriptors.read(wake.read, atMost: 64) }
            if let listener, ready[1] { accept(listener, &state) }
            for (place, writer) in state.writers.enumerated().reversed() {
                guard own.count + place < ready.count, ready[own.count + place] else { continue }
                if !read(writer, &state) { state.writers.remove(at: place) }
            }
        }
        // Whoever writes is still there: what is open stays open.
        for writer in state.writers where writer.descriptor != 0 { Descriptors.close(writer.descriptor) }
        if let listener { Descriptors.close(listener.descriptor) }
        Descriptors.close(wake.read)
        Descriptors.close(wake.write)
    }

    private func add(_ descriptor: Int32, name: String, _ state: inout State) {
        state.lastSource += 1
        state.writers.append(Writer(descriptor, source: state.lastSource, name: name, lineLimit: handler.lineLimit))
    }

    private func accept(_ listener: LocalListener, _ state: inout State) {
        switch listener.accept() {
        case .allowed(let peer):
            guard state.writers.count < Self.maxConnections else {
                Descriptors.sayNow(Array("{\"message\":\"too many connections; come again\"}\n".utf8), to: peer)
                return Descriptors.close(peer)
            }
            add(peer, name: "socket", &state)
        case .stranger(let user): report(.stranger(user: user))
        case nil: break
        }
    }

    /// False when nothing more will come.
    private func read(_ writer: Writer, _ state: inout State) -> Bool {
        var lines: [LineSplitter.Line] = []
        let outcome = Descriptors.read(writer.descriptor, atMost: Self.readBytes)
        switch outcome {
        case .bytes(let bytes): writer.splitter.take(bytes) { lines.append($0) }
        case .end: writer.splitter.finish { lines.append($0) }
        case .nothing: return true
        }
        if !lines.isEmpty {
            guard let verdict = store(AgentEventLines(lines: lines, source: writer.source), writer.name, &state) else { return false }
            writer.total.add(verdict)
            if writer.descriptor != 0 {
                for refusal in verdict.refusals {
                    Descriptors.sayNow(AgentEventAnswer.line(refusal), to: writer.descriptor)
                }
            }
        }
        guard outcome == .end else { return true }
        if writer.descriptor != 0 {
            Descriptors.sayNow(AgentEventAnswer.body(writer.total, nil), to: writer.descriptor)
            Descriptors.close(writer.descriptor)
        }
        handler.ended(source: writer.source)
        return false
    }

    /// Waits until the lines are durable; nil when there is no time left for that.
    private func store(_ lines: AgentEventLines, _ name: String, _ state: inout State) -> AgentEventVerdict? {
        while true {
            let answers = Mailbox<AgentEventVerdict>()
            handler.handle(lines) { answers.send($0) }
            let verdict = answers.receiveAll()?.first ?? AgentEventVerdict()
            guard let failure = verdict.failure else {
                if state.failing.remove(name) != nil { report(.recovered(source: name)) }
                if let first = verdict.refusals.first {
                    report(.refused(source: name, lines: verdict.rejected, first: first))
                }
                return verdict
            }
            if state.failing.insert(name).inserted { report(.failed(source: name, reason: "\(failure.message)")) }
            if isStopped.load(ordering: .relaxed) { return nil }
            // Nothing else is read meanwhile: all of it would go the same way.
            _ = Descriptors.wait(for: [wake.read], timeout: .seconds(1))
            if isStopped.load(ordering: .relaxed) { return nil }
        }
    }

    /// A piece of each file that has one; false when none has.
    private func follow(_ state: inout State) -> Bool {
        let wanted = files.withLock { $0 }
        state.followed.removeAll { !wanted.contains($0.path) }
        for path in wanted where !state.followed.contains(where: { $0.path == path }) {
            let position = positions(Self.positionName(path)).flatMap { FollowPosition(payload: $0) }
            state.followed.append(FollowedFile(path: path, lineLimit: handler.lineLimit, position: position))
        }
        var isBusy = false
        for file in state.followed {
            do throws(DiskError) {
                guard let piece = try file.next() else { continue }
                isBusy = true
                let position = SourcePosition(name: Self.positionName(file.path), payload: piece.position.payload)
                if store(AgentEventLines(lines: piece.lines, source: 0, position: position), file.path, &state) != nil {
                    file.keep(piece)
                } else {
                    file.rewind()
                }
            } catch {
                if state.failing.insert(file.path).inserted { report(.failed(source: file.path, reason: "\(error)")) }
            }
        }
        return isBusy
    }
}

extension AgentEventVerdict.Failure {
    var message: String {
        switch self {
        case .unavailable(let message, _), .unauthorized(let message), .malformed(let message), .loop(let message): message
        }
    }
}
