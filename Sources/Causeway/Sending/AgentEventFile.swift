internal import CausewayModel
internal import CausewayPlatform
internal import CausewayReceivers
internal import CausewaySemantics
internal import CausewaySpool
internal import Logging

/// A file of agent events: lines of JSON objects that say their `type`.
package struct AgentEventFile: Sendable {
    /// Whole lines, as many as fit in one request, and the number of the first.
    package struct Piece: Equatable, Sendable {
        package var body: [UInt8]
        package var firstLine: Int
    }

    package var pieces: [Piece] = []

    /// Far below what a bridge takes at once.
    private static let pieceBytes = 1 << 20

    /// Nil when the first object says no type: then it is something else.
    package init?(_ bytes: [UInt8]) {
        guard Self.isEvents(bytes) else { return nil }
        var (start, line, lines) = (0, 1, 0)
        var index = 0
        while index < bytes.count {
            let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
            if end - start > Self.pieceBytes, index > start {
                pieces.append(Piece(body: Array(bytes[start..<index]), firstLine: line))
                (start, line, lines) = (index, line + lines, 0)
            }
            lines += 1
            index = end
        }
        if start < bytes.count { pieces.append(Piece(body: Array(bytes[start...]), firstLine: line)) }
    }

    /// Whether one of the first lines is an object with a type, which nothing of OTLP has: a line may be damaged, and a type may be wrong,
    /// which the bridge tells.
    private static func isEvents(_ bytes: [UInt8]) -> Bool {
        let start = bytes.prefix(4 << 20)
        for line in start.split(separator: UInt8(ascii: "\n"), maxSplits: 8, omittingEmptySubsequences: true).prefix(8) {
            if let value = try? JSONValue(parsing: Array(line)), value["type"]?.string != nil { return true }
        }
        return false
    }
}

/// The JSON Schema of agent events, as text.
package func agentEventSchema() -> String { AgentEventSchema.jsonSchema().text(isPretty: true) + "\n" }

/// Sends a file to a bridge, and waits as it asks; `report` hears of lines that were not taken.
package func send(_ file: AgentEventFile, name: String, to base: EndpointURL, report: (String) -> Void) throws(CausewayError) {
    let url = base.appending("/v1/agent-events")
    let run = SendRun()
    for piece in file.pieces {
        var attempt = 1
        sending: while true {
            let answer = try post(piece.body, contentType: "application/x-ndjson", to: url)
            let said = try? JSONValue(parsing: answer.body)
            let refusals = said?["errors"]?.array ?? []
            let told = SendRun.Answer(
                status: answer.status,
                retryAfter: answer.retryAfter.flatMap(Int64.init).map { .seconds($0) },
                text: said?["message"]?.string ?? "",
                rejectedItems: Int(said?["rejected"]?.integer ?? 0)
            )
            // 400 with reasons is an answer: none of the lines is good.
            let isAnswered = answer.status == 400 && !refusals.isEmpty
            switch isAnswered ? SendRun.Action.accepted : run.action(after: told, attempt: attempt) {
            case .accepted:
                for refusal in refusals {
                    let line = Int(refusal["line"]?.integer ?? 1) + piece.firstLine - 1
                    report("\(name):\(line): \(LogText.harmless(refusal["reason"]?.string ?? "not taken"))")
                }
                if told.rejectedItems > refusals.count {
                    report("\(name): \(told.rejectedItems - refusals.count) more lines were not taken")
                }
                break sending
            case .wait(let duration):
                pause(duration)
                attempt += 1
            case .refused(let reason): throw CausewayError(.input, "\(url): \(reason)")
            case .givenUp(let reason): throw CausewayError(.unavailable, "\(url): \(reason); lines from \(piece.firstLine) on are not sent")
            }
        }
    }
}

/// Appends a file to the spool in a directory that no bridge is working in; what has only begun in it is put together by the next bridge.
package func sendIntoSpool(
    _ file: AgentEventFile,
    name: String,
    into source: SpoolSource,
    report: (String) -> Void
) throws(CausewayError) {
    do throws(SpoolError) {
        let clock = SystemClock()
        let spool = try Spool(directory: source.directory, options: .keepingEverything(source.keys), clock: clock) {}
        defer { spool.close() }
        let appending = EventAppending(
            spool,
            Configuration.Receivers.Events(),
            clock: clock,
            counts: IntakeCounts(appended: [:]),
            tenants: TenantRules(.init()),
            understanding: UnderstandingRules(options: .always(in: spool), prices: PriceShelf(.init(), Logger(label: "causeway")))
        )
        for piece in file.pieces {
            var splitter = LineSplitter(limit: appending.lineLimit, number: piece.firstLine)
            var lines: [LineSplitter.Line] = []
            splitter.take(piece.body) { lines.append($0) }
            splitter.finish(isWhole: true) { lines.append($0) }
            let answers = Mailbox<AgentEventVerdict>()
            appending.handle(AgentEventLines(lines: lines, source: 0)) { answers.send($0) }
            guard let verdict = answers.receiveAll()?.first else { continue }
            if case .unavailable(let message, _)? = verdict.failure { throw SpoolError.full(reason: message) }
            for refusal in verdict.refusals { report("\(name):\(refusal.line): \(LogText.harmless(refusal.text))") }
            if verdict.rejected > verdict.refusals.count {
                report("\(name): \(verdict.rejected - verdict.refusals.count) more lines were not taken")
            }
        }
    } catch {
        throw CausewayError(.unavailable, "spool: \(error)", underlying: error)
    }
}
