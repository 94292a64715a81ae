internal import CausewayModel
internal import CausewaySpool

// `causeway spool verify` and `repair`, and `causeway audit`: whether all is there that should be.
extension SpoolReport {
    /// Reads every byte.
    package static func verify(_ source: SpoolSource, asJSON: Bool) throws(CausewayError) -> SpoolReport {
        let found = try inspect(source, .everything)
        let findings = found.findings
        let isFine = !findings.contains { $0.severity == .error }
        if asJSON {
            return SpoolReport(
                .members([
                    ("directory", .string(found.directory)),
                    ("segments", .integer(found.segments.count)),
                    ("frames", .integer(frames(found))),
                    ("is_fine", .bool(isFine)),
                    (
                        "findings",
                        .array(
                            findings.map {
                                .members([
                                    ("severity", .string($0.severity.rawValue)), ("place", .string($0.place)),
                                    ("problem", .string($0.problem)),
                                ])
                            }
                        )
                    ),
                ]),
                isFine: isFine
            )
        }
        var text = findings.map { LogText.harmless("\($0.severity.rawValue): \($0.place): \($0.problem)") + "\n" }.joined()
        let read = "\(count(frames(found), "frame", "frames")) in \(count(found.segments.count, "segment", "segments"))"
        let cursors = count(found.cursors.count, "cursor", "cursors")
        let errors = findings.filter { $0.severity == .error }.count
        text += isFine ? "\(read), \(cursors): all of it is whole\n" : "\(read), \(cursors): \(count(errors, "error", "errors"))\n"
        return SpoolReport(text, isFine: isFine)
    }

    private static func frames(_ found: SpoolInspection) -> Int {
        found.segments.reduce(0) { $0 + Int(clamping: $1.contents.frames.values.reduce(0, +)) }
    }

    /// Puts a stopped spool in order; what is left afterwards is told as `verify` does.
    package static func repair(_ source: SpoolSource, asJSON: Bool) throws(CausewayError) -> SpoolReport {
        let actions = try spooling { () throws(SpoolError) in
            var repair = try SpoolRepair(directory: source.directory, keys: source.keys)
            try repair.run()
            return repair.actions
        }
        let left = try inspect(source, .everything).findings.filter { $0.severity == .error }
        if asJSON {
            let members: [(String, JSONValue)] = [
                ("directory", .string(source.directory)),
                ("actions", .array(actions.map { .string($0) })),
                ("left", .array(left.map { .members([("place", .string($0.place)), ("problem", .string($0.problem))]) })),
            ]
            return SpoolReport(.members(members), isFine: left.isEmpty)
        }
        var text = actions.map { LogText.harmless($0) + "\n" }.joined()
        text += left.map { LogText.harmless("error: \($0.place): \($0.problem)") + "\n" }.joined()
        if actions.isEmpty && left.isEmpty { text = "nothing had to be repaired\n" }
        return SpoolReport(text, isFine: left.isEmpty)
    }

    /// Holds the books against the log.
    package static func audit(_ source: SpoolSource, asJSON: Bool) throws(CausewayError) -> SpoolReport {
        let audit = SpoolAudit(try inspect(source, .everything))
        return asJSON ? SpoolReport(json(audit), isFine: audit.isBalanced) : SpoolReport(text(audit), isFine: audit.isBalanced)
    }

    private static func text(_ audit: SpoolAudit) -> String {
        var text = "appended = \(sums(audit.appended))\n"
        if !audit.evicted.counts.isEmpty { text += "given up by the log itself: \(sums(audit.evicted))\n" }
        for reader in audit.readers {
            text += "\n\(reader.name): appended \(audit.appended.sum()) = \(sums(reader.terms))"
            let difference = reader.unaccounted.sum()
            text += difference == 0 && reader.unaccounted.counts.isEmpty ? "\n" : ", and \(difference) in none of them\n"
            var table = TextTable(["  tenant", "signal", "term", "items"], right: [3])
            for (key, count) in reader.terms.ordered {
                table.add(["  " + tenant(key.tenant), signal(key.signal), term(key.term), "\(count)"])
            }
            if !table.isEmpty { text += table.text }
        }
        for name in audit.otherCursors { text += "\n\(name): its cursor says nothing about this log\n" }
        if !audit.ledger.isEmpty {
            var table = TextTable(["ledger", "destination", "what", "items", "sequences", "received"], right: [3])
            for record in audit.ledger {
                let entry = record.entry
                let received = [entry.firstReceivedNanoseconds, entry.lastReceivedNanoseconds].compactMap(time)
                table.add([
                    time(record.receivedNanoseconds) ?? "", entry.reader.isEmpty ? "(the log)" : entry.reader,
                    term("\(entry.term):\(entry.reason)"), "\(entry.items.sum())", "\(entry.firstSequence)–\(entry.lastSequence)",
                    received.joined(separator: " to "),
                ])
            }
            text += "\n" + table.text
        }
        text += "\n"
        for line in audit.imbalances { text += LogText.harmless("does not balance: \(words(line))") + "\n" }
        return text + (audit.isBalanced ? "the books balance\n" : "")
    }

    private static func words(_ line: SpoolAudit.Imbalance) -> String {
        "\(line.place): tenant \(tenant(line.tenant)), \(signal(line.signal)): \(line.problem): \(line.expected) and \(line.found)"
    }

    /// `from_receivers 12 + imported 3`.
    private static func sums(_ totals: Totals) -> String {
        var sums: [String: Int] = [:]
        for (key, count) in totals.counts { sums[key.term, default: 0] += count }
        if sums.isEmpty { return "0" }
        return sums.sorted { $0.key < $1.key }.map { LogText.harmless("\(term($0.key)) \($0.value)") }.joined(separator: " + ")
    }

    private static func json(_ audit: SpoolAudit) -> JSONValue {
        .members([
            ("balanced", .bool(audit.isBalanced)),
            ("appended", json(audit.appended)),
            ("evicted", json(audit.evicted)),
            (
                "readers",
                .array(
                    audit.readers.map {
                        .members([
                            ("name", .string($0.name)), ("terms", json($0.terms)), ("unaccounted", json($0.unaccounted)),
                        ])
                    }
                )
            ),
            ("other_cursors", .array(audit.otherCursors.map { .string($0) })),
            ("ledger", .array(audit.ledger.map(json))),
            (
                "imbalances",
                .array(
                    audit.imbalances.map {
                        .members([
                            ("place", .string($0.place)), ("tenant", .string($0.tenant)), ("signal", .string(signal($0.signal))),
                            ("problem", .string($0.problem)), ("expected", .integer($0.expected)), ("found", .integer($0.found)),
                        ])
                    }
                )
            ),
        ])
    }

    private static func json(_ record: LedgerRecord) -> JSONValue {
        let entry = record.entry
        return .members([
            ("sequence", .integer(Int(clamping: record.sequence))),
            ("time", json(time: record.receivedNanoseconds)),
            ("destination", entry.reader.isEmpty ? .null : .string(entry.reader)),
            ("term", .string(entry.term)),
            ("reason", .string(entry.reason)),
            ("first_sequence", .integer(Int(clamping: entry.firstSequence))),
            ("last_sequence", .integer(Int(clamping: entry.lastSequence))),
            ("received_from", json(time: entry.firstReceivedNanoseconds)),
            ("received_to", json(time: entry.lastReceivedNanoseconds)),
            ("items", json(entry.items)),
        ])
    }
}
