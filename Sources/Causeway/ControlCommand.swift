internal import CausewayModel
internal import CausewaySpool

/// A command that a running bridge does when it is asked over its control socket.
struct ControlCommand: Sendable {
    var name: String
    /// What is asked, as the whole request; called on the socket's thread.
    var run: @Sendable (_ request: JSONValue) throws(CausewayError) -> SpoolReport

    /// Every command. Add yours here.
    static func all(_ spool: Spool, _ source: SpoolSource, _ state: BridgeState, _ counts: IntakeCounts) -> [ControlCommand] {
        let change = QuarantineChange(spool: spool, source: source) { !state.isDraining }
        return [
            ControlCommand(name: "cursors rm") { request throws(CausewayError) in
                try SpoolReport.removeCursor(request["name"]?.string ?? "", of: spool)
            },
            ControlCommand(name: "quarantine drop") { request throws(CausewayError) in
                QuarantineChange.answer(try change.drop(QuarantineSelection(request)))
            },
            ControlCommand(name: "quarantine retry") { request throws(CausewayError) in
                QuarantineChange.answer(try change.retry(QuarantineSelection(request), state.configuration))
            },
            ControlCommand(name: "status") { _ throws(CausewayError) in SpoolReport(liveStatus(spool, counts)) },
        ]
    }

    /// What the bridge itself knows at this moment, also of what is not on disk yet.
    private static func liveStatus(_ spool: Spool, _ counts: IntakeCounts) -> JSONValue {
        let status = spool.status()
        let readers = status.readers.sorted { $0.key < $1.key }.map { name, totals in
            JSONValue.members([
                ("name", .string(name)), ("pending_items", .integer(status.pending(name))), ("outcomes", SpoolReport.json(totals)),
            ])
        }
        return .members([
            ("version", .string(CausewayVersion.number)),
            ("log", .string(SpoolReport.hexadecimal(spool.identity.logID))),
            ("segments", .integer(status.segments)),
            ("bytes", .integer(status.bytes)),
            ("limit_bytes", .integer(status.maxBytes)),
            ("last_sequence", .integer(Int(clamping: status.lastSequence))),
            ("refusing", status.refusal.map { .string("\($0)") } ?? .null),
            ("appended", SpoolReport.json(status.books.items)),
            ("intake", IntakeReport.json(counts.snapshot)),
            ("destinations", .array(readers)),
        ])
    }
}
