/// Lines of agent events that came together from one sender.
package struct AgentEventLines: Sendable {
    package var lines: [LineSplitter.Line]
    /// Who sends: the same for everything that comes over one connection; 0 where its end says nothing about spans that are open.
    package var source: Int
    /// Nil where there are none, as with files.
    package var headers: RequestHeaders?
    /// Follows in the log together with the lines: how far their source was read.
    package var position: SourcePosition?

    package init(lines: [LineSplitter.Line], source: Int, headers: RequestHeaders? = nil, position: SourcePosition? = nil) {
        self.lines = lines
        self.source = source
        self.headers = headers
        self.position = position
    }
}

/// How far a source was read, under a name that lasts.
package struct SourcePosition: Equatable, Sendable {
    package var name: String
    package var payload: [UInt8]

    package init(name: String, payload: [UInt8]) {
        self.name = name
        self.payload = payload
    }
}

/// What became of lines.
package struct AgentEventVerdict: Equatable, Sendable {
    /// Lines that are durable now.
    package var accepted = 0
    package var rejected = 0
    /// The first that were refused, and why.
    package var refusals: [Remark] = []
    package var warnings: [Remark] = []
    /// Why none of the lines was stored.
    package var failure: Failure?

    package struct Remark: Equatable, Sendable {
        package var line: Int
        package var text: String

        package init(line: Int, text: String) {
            self.line = line
            self.text = text
        }
    }

    package enum Failure: Equatable, Sendable {
        case unavailable(String, retryAfterSeconds: Int)
        case unauthorized(String)
        case malformed(String)
        case loop(String)
    }

    package init() {}

    /// What is told of the lines of a whole request.
    static let remarks = 20

    mutating func add(_ other: AgentEventVerdict) {
        accepted += other.accepted
        rejected += other.rejected
        refusals += other.refusals.prefix(max(0, Self.remarks - refusals.count))
        warnings += other.warnings.prefix(max(0, Self.remarks - warnings.count))
        failure = failure ?? other.failure
    }
}

/// Understands lines and makes them durable.
package protocol AgentEventHandler: Sendable {
    /// The longest line, in bytes.
    var lineLimit: Int { get }

    /// `done` may be called later and from any thread, once.
    func handle(_ lines: AgentEventLines, _ done: @escaping @Sendable (AgentEventVerdict) -> Void)

    /// A connection has ended; what it left open is closed after a while.
    func ended(source: Int)
}
