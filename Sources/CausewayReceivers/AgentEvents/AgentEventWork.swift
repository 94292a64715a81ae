internal import CausewayPlatform
internal import Synchronization

/// What is done on the receiver's work thread with requests of agent events.
final class AgentEventWork: Sendable {
    private let handler: any AgentEventHandler
    private let statistics: ReceiverStatistics
    private let send: Mutex<(@Sendable (Chunk) -> Bool)?> = Mutex(nil)

    struct Chunk: Sendable {
        var upload: AgentEventUpload.Shared
        var bytes: [UInt8]
        var resume: (@Sendable (HTTPAnswer?) -> Void)?
        /// With the last chunk of a body that has come whole.
        var end: HTTPReply?
        var isBroken = false
    }

    init(_ handler: any AgentEventHandler, _ statistics: ReceiverStatistics) {
        self.handler = handler
        self.statistics = statistics
    }

    /// Where chunks are queued for the thread; false when it has ended.
    func connect(_ send: @escaping @Sendable (Chunk) -> Bool) { self.send.withLock { $0 = send } }

    var lineLimit: Int { handler.lineLimit }

    /// Requests are answered one by one: their ends say nothing about what is open.
    func newSource() -> Int { 0 }

    func take(_ chunk: Chunk) {
        let isTaken = send.withLock { $0 }?(chunk) ?? false
        if !isTaken { chunk.end?.send(AgentEventAnswer.answer(Self.stopping)) }
    }

    private static let stopping: AgentEventVerdict = {
        var verdict = AgentEventVerdict()
        verdict.failure = .unavailable("the bridge is being stopped", retryAfterSeconds: 1)
        return verdict
    }()

    /// Called on the thread.
    func handle(_ chunk: Chunk) {
        let upload = chunk.upload
        var lines: [LineSplitter.Line] = []
        let hasFailed = upload.state.withLock { state in
            state.splitter.take(chunk.bytes) { lines.append($0) }
            if chunk.end != nil { state.splitter.finish(isWhole: true) { lines.append($0) } }
            return state.verdict.failure != nil
        }
        statistics.change {
            $0.bodyBytes += chunk.bytes.count
            $0.decompressedBytes += chunk.bytes.count
        }
        let done: @Sendable (AgentEventVerdict) -> Void = { [statistics] verdict in
            Self.finished(chunk, verdict, statistics)
        }
        // After a failure what follows is thrown away: the sender is told from where on to send again.
        guard !hasFailed, !lines.isEmpty else { return done(AgentEventVerdict()) }
        handler.handle(AgentEventLines(lines: lines, source: upload.source, headers: upload.headers), done)
    }

    private static func finished(_ chunk: Chunk, _ verdict: AgentEventVerdict, _ statistics: ReceiverStatistics) {
        let upload = chunk.upload
        upload.charge.shrink(by: min(chunk.bytes.count, upload.charge.heldBytes))
        let left = upload.outstanding.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
        let (reply, whole, isEarly) = upload.state.withLock { state -> (HTTPReply?, AgentEventVerdict, Bool) in
            state.verdict.add(verdict)
            if let end = chunk.end { state.reply = end }
            guard left == 0, let reply = state.reply else {
                // Nobody knows when the body ends: its sender is told at once, and once.
                let isEarly = state.verdict.failure != nil && chunk.end == nil && state.reply == nil && !state.isWhole
                if isEarly { state.isWhole = true }
                return (nil, state.verdict, isEarly)
            }
            state.reply = nil
            return (reply, state.verdict, false)
        }
        chunk.resume?(isEarly ? AgentEventAnswer.answer(whole) : nil)
        guard let reply else { return }
        upload.charge.release()
        statistics.change {
            switch whole.failure {
            case nil:
                if whole.accepted == 0, whole.rejected > 0 {
                    $0.refusedRequests[.malformed, default: 0] += 1
                } else {
                    $0.acceptedEventRequests += 1
                }
            case .unavailable: $0.refusedRequests[.unavailable, default: 0] += 1
            case .unauthorized: $0.refusedRequests[.unauthorized, default: 0] += 1
            case .malformed: $0.refusedRequests[.malformed, default: 0] += 1
            case .loop: $0.refusedRequests[.loop, default: 0] += 1
            }
        }
        reply.send(AgentEventAnswer.answer(whole))
    }

    /// A body that was gathered because it is compressed.
    struct Gathered: Sendable {
        var body: [UInt8]
        var compression: ContentEncoding
        var headers: RequestHeaders
        var charge: BudgetCharge
        var reply: HTTPReply
    }

    /// Called on the thread.
    func handle(_ gathered: consuming Gathered, _ check: OTLPCheck) {
        let body: [UInt8]
        do throws(Refusal) {
            body = try CompressedRequest.decompressed(gathered.body, gathered.compression, gathered.charge, check)
        } catch {
            gathered.charge.release()
            statistics.change { $0.refusedRequests[error.reason, default: 0] += 1 }
            gathered.reply.send(HTTPAnswer(error, .json))
            return
        }
        let shared = AgentEventUpload.Shared(
            source: newSource(),
            headers: gathered.headers,
            charge: gathered.charge,
            lineLimit: lineLimit
        )
        shared.outstanding.store(1, ordering: .releasing)
        handle(Chunk(upload: shared, bytes: body, end: gathered.reply))
    }
}
