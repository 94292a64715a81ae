internal import CausewayOTLP

/// What lines became: requests for the log, and what is to be said about the rest.
package struct AgentEventOutput: Sendable {
    /// Whole spans, as an OTLP request.
    package internal(set) var spans: [UInt8] = []
    package internal(set) var spanCount = 0
    /// Parts of spans, in the form of one.
    package internal(set) var parts: [UInt8] = []
    package internal(set) var partCount = 0
    /// Log records, as an OTLP request.
    package internal(set) var records: [UInt8] = []
    package internal(set) var recordCount = 0
    package internal(set) var acceptedLines = 0
    package internal(set) var rejectedLines = 0
    /// By reason.
    package internal(set) var rejections: [AgentEventMistake.Reason: Int] = [:]
    /// The first that were refused.
    package internal(set) var refusals: [Remark] = []
    /// About lines that were taken.
    package internal(set) var warnings: [Remark] = []
    package internal(set) var repairedLines = 0
    var changes: [AgentEventIntake.Change] = []

    /// Something to be said about a line.
    package struct Remark: Equatable, Sendable {
        /// From 1.
        package var line: Int
        package var text: String
    }

    /// So many are told; the others are counted.
    static let remarks = 20
    /// What an open span costs beside its bytes, about.
    static let openOverhead = 160

    package init() {}

    package var isEmpty: Bool { spanCount + partCount + recordCount == 0 }

    mutating func refuse(_ number: Int, _ mistake: AgentEventMistake) {
        rejectedLines += 1
        rejections[mistake.reason, default: 0] += 1
        if refusals.count < Self.remarks { refusals.append(Remark(line: number, text: mistake.message)) }
    }

    mutating func warn(_ number: Int, _ unknown: [String], type: AgentEventType) {
        guard warnings.count < Self.remarks else { return }
        let names = unknown.prefix(3).joined(separator: ", ")
        warnings.append(
            Remark(line: number, text: "a \(type.rawValue) has no \(names); kept as causeway.extra.\(unknown[0]); put it into attributes")
        )
    }

    /// The attributes that sum up a span's retry events.
    static func retries(_ count: Int, isExhausted: Bool) -> [UInt8] {
        var writer = WireWriter()
        writer.attribute(9, AgentEventDecoder.Keys.retryCount, int: Int64(count))
        if isExhausted { writer.attribute(9, AgentEventDecoder.Keys.retryExhausted, bool: true) }
        return writer.bytes
    }
}
