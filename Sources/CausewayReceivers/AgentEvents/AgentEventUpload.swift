internal import CausewayPlatform
internal import NIOCore
internal import Synchronization

/// The body of one request with agent events: understood line by line while it comes, so that it may be of any length.
///
/// Lives on the event loop; what is handed over comes back through `resume`.
final class AgentEventUpload {
    /// What is handed over at once.
    private static let chunkBytes = 256 << 10
    /// Chunks that are being worked on at once; then the sender waits.
    private static let maxOutstanding = 2

    private let work: AgentEventWork
    private let shared: Shared
    private var gathered: [UInt8] = []

    /// What the work thread and the answer share.
    final class Shared: Sendable {
        let source: Int
        let headers: RequestHeaders
        let charge: BudgetCharge
        let outstanding = Atomic<Int>(0)
        let state: Mutex<State>

        struct State: Sendable {
            var splitter: LineSplitter
            var verdict = AgentEventVerdict()
            /// Set when the body has come whole, or has broken off.
            var reply: HTTPReply?
            var isWhole = false
        }

        init(source: Int, headers: RequestHeaders, charge: BudgetCharge, lineLimit: Int) {
            self.source = source
            self.headers = headers
            self.charge = charge
            state = Mutex(State(splitter: LineSplitter(limit: lineLimit)))
        }
    }

    init(_ work: AgentEventWork, headers: RequestHeaders, charge: BudgetCharge) {
        self.work = work
        shared = Shared(source: work.newSource(), headers: headers, charge: charge, lineLimit: work.lineLimit)
    }

    enum Outcome {
        case taken
        /// No more is to be read until `resume` is called.
        case pause
        case noMemory
    }

    func take(_ part: ByteBuffer, resume: @escaping @Sendable (HTTPAnswer?) -> Void) -> Outcome {
        guard shared.charge.grow(by: part.readableBytes) else { return .noMemory }
        gathered.append(contentsOf: part.readableBytesView)
        guard gathered.count >= Self.chunkBytes else { return .taken }
        let isFull = shared.outstanding.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue >= Self.maxOutstanding
        let bytes = gathered
        gathered = []
        work.take(AgentEventWork.Chunk(upload: shared, bytes: bytes, resume: resume))
        return isFull ? .pause : .taken
    }

    /// The body has come whole.
    func finish(_ reply: HTTPReply) {
        shared.outstanding.wrappingAdd(1, ordering: .acquiringAndReleasing)
        work.take(AgentEventWork.Chunk(upload: shared, bytes: gathered, end: reply))
        gathered = []
    }

    /// It was answered before it had come whole.
    func forget() { gathered = [] }

    /// It will not come whole: what has come counts, but for a line that has not ended.
    func breakOff() {
        shared.outstanding.wrappingAdd(1, ordering: .acquiringAndReleasing)
        work.take(AgentEventWork.Chunk(upload: shared, bytes: gathered, isBroken: true))
        gathered = []
    }
}
