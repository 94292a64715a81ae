internal import CausewayExporters
internal import CausewayModel
internal import CausewayOTLP
internal import CausewaySpool

// `causeway spool quarantine`: what destinations did not take.
extension SpoolReport {
    /// A line for each entry.
    package static func quarantine(
        of source: SpoolSource,
        destination: String?,
        asJSON: Bool
    ) throws(CausewayError) -> SpoolReport {
        let found = try copies(source)
        let entries = found.entries.filter { destination == nil || $0.reader == destination }
        if asJSON {
            return SpoolReport(
                .members([
                    ("entries", .array(entries.map { .members(members($0)) })),
                    ("unreadable", .array(found.unreadable.map { .string($0) })),
                ])
            )
        }
        var text = found.unreadable.map { "error: \(LogText.harmless($0)): cannot be read back\n" }.joined()
        if entries.isEmpty { return SpoolReport(text + "nothing is set aside\n") }
        var table = TextTable(["number", "destination", "tenant", "what", "bytes", "set aside", "why"], right: [4])
        for entry in entries {
            table.add([
                "\(entry.id)", entry.reader, tenant(entry.draft.tenant), what(entry), "\(entry.draft.payload.count)",
                time(entry.setAsideNanoseconds) ?? "", entry.draft.reason,
            ])
        }
        text += table.text
        return SpoolReport(text)
    }

    /// One entry with everything: the answer as it came, and the telemetry as OTLP JSON.
    package static func quarantined(_ id: UInt64, of source: SpoolSource, asJSON: Bool) throws(CausewayError) -> SpoolReport {
        guard let entry = try QuarantineSelection(ids: [id]).chosen(from: try copies(source).entries).first else {
            return SpoolReport("nothing is set aside\n")
        }
        let telemetry = Signal(rawValue: entry.draft.signal).flatMap { signal in
            try? OTLPJSON.json(fromProtobuf: entry.draft.payload, signal: signal)
        }
        let answer = entry.draft.answer
        if asJSON {
            let parsed = telemetry.flatMap { try? JSONValue(parsing: $0) }
            return SpoolReport(
                .members(
                    members(entry) + [
                        ("answer", .string(String(decoding: answer.body, as: UTF8.self))),
                        ("answer_type", .string(answer.contentType)), ("telemetry", parsed ?? .null),
                    ]
                )
            )
        }
        var table = TextTable([])
        table.add(["number", "\(entry.id)"])
        table.add(["destination", entry.reader])
        table.add(["tenant", tenant(entry.draft.tenant)])
        table.add(["what", what(entry)])
        table.add(["position", "\(entry.draft.range.sequence), from item \(entry.draft.range.first)"])
        table.add(["received", time(entry.draft.receivedNanoseconds) ?? "unknown"])
        table.add(["set aside", time(entry.setAsideNanoseconds) ?? "unknown"])
        if let key = entry.missingKey { table.add(["encrypted", "with key \(SpoolKey.name(key)), which is not given"]) }
        table.add(["why", entry.draft.reason])
        if answer.status > 0 { table.add(["answer", "HTTP \(answer.status) \(answer.contentType)"]) }
        var text = String(table.text.dropFirst())
        if let words = PlainWords.found(in: answer.body) { text += "\n\(words)\n" }
        if let telemetry { text += "\n\(String(decoding: telemetry, as: UTF8.self))\n" }
        return SpoolReport(text)
    }

    /// Drops entries: by the bridge that works in the directory or, when there is none, in its place.
    package static func drop(_ selection: QuarantineSelection, of source: SpoolSource, asJSON: Bool) throws(CausewayError) -> SpoolReport {
        if let steps = try QuarantineChange.running("quarantine drop", selection, of: source, atOnce: 64) { return report(steps, asJSON) }
        return report(try QuarantineChange.stopped(source) { change throws(CausewayError) in try change.drop(selection) }, asJSON)
    }

    /// Sends entries again: by the bridge that works in the directory, as its destinations are configured in it, or in its place.
    package static func retry(
        _ selection: QuarantineSelection,
        _ configuration: Configuration,
        asJSON: Bool
    ) throws(CausewayError) -> SpoolReport {
        let source = try SpoolSource(configuration.spool)
        // A request takes as long as the bridge's configuration allows, which is not known here.
        let patience = Duration.seconds(600)
        if let steps = try QuarantineChange.running("quarantine retry", selection, of: source, atOnce: 1, patience: patience) {
            return report(steps, asJSON)
        }
        let steps = try QuarantineChange.stopped(source) { change throws(CausewayError) in
            try change.retry(selection, configuration)
        }
        return report(steps, asJSON)
    }

    /// Not fine when something stays.
    static func report(_ steps: [QuarantineChange.Step], _ asJSON: Bool) -> SpoolReport {
        let isFine = steps.allSatisfy(\.isDone)
        if asJSON {
            let lines = steps.map { step in
                JSONValue.members(members(step.entry) + [("done", .bool(step.isDone)), ("said", .string(step.said))])
            }
            return SpoolReport(.members([("entries", .array(lines))]), isFine: isFine)
        }
        if steps.isEmpty { return SpoolReport("nothing is set aside\n") }
        let lines = steps.map { step in
            LogText.harmless("\(step.entry.id) (\(step.entry.reader), \(what(step.entry))): \(step.isDone ? "" : "stays: ")\(step.said)")
                + "\n"
        }
        return SpoolReport(lines.joined(), isFine: isFine)
    }

    private static func copies(_ source: SpoolSource) throws(CausewayError) -> (entries: [QuarantineEntry], unreadable: [String]) {
        try spooling { () throws(SpoolError) in
            try QuarantineFiles.entries(directory: source.directory, keys: source.keys)
        }
    }

    private static func what(_ entry: QuarantineEntry) -> String {
        "\(entry.draft.range.count) \(Signal(rawValue: entry.draft.signal)?.itemsName ?? "items")"
    }

    private static func members(_ entry: QuarantineEntry) -> [(String, JSONValue)] {
        [
            ("number", .integer(Int(clamping: entry.id))), ("destination", .string(entry.reader)),
            ("tenant", .string(entry.draft.tenant)), ("signal", .string(signal(entry.draft.signal))),
            ("items", .integer(entry.draft.range.count)), ("bytes", .integer(entry.draft.payload.count)),
            ("sequence", .integer(Int(clamping: entry.draft.range.sequence))), ("first_item", .integer(entry.draft.range.first)),
            ("received", json(time: entry.draft.receivedNanoseconds)), ("set_aside", json(time: entry.setAsideNanoseconds)),
            ("status", .integer(entry.draft.answer.status)), ("reason", .string(entry.draft.reason)),
        ]
    }
}
