internal import CausewayModel
internal import CausewaySpool

// `causeway spool status`, `ls` and `cursors`: what a data directory holds.
extension SpoolReport {
    /// The whole directory on one screen.
    package static func status(of source: SpoolSource, asJSON: Bool) throws(CausewayError) -> SpoolReport {
        let found = try inspect(source, .footers)
        return asJSON ? SpoolReport(json(status: found)) : SpoolReport(text(status: found))
    }

    /// A line for each segment.
    package static func segments(of source: SpoolSource, asJSON: Bool) throws(CausewayError) -> SpoolReport {
        let found = try inspect(source, .footers)
        return asJSON ? SpoolReport(.members([("segments", .array(found.segments.map(json)))])) : SpoolReport(text(segments: found))
    }

    /// A line for each destination that has ever read the log.
    package static func cursors(of source: SpoolSource, asJSON: Bool) throws(CausewayError) -> SpoolReport {
        let found = try inspect(source, .everything)
        return asJSON ? SpoolReport(.members([("cursors", cursorsAsJSON(found))])) : SpoolReport(text(cursors: found))
    }

    /// Forgets a cursor of a stopped bridge.
    package static func removeCursor(_ name: String, of directory: String) throws(CausewayError) -> SpoolReport {
        let isRemoved = try spooling { () throws(SpoolError) in try CursorRemoval.remove(name, from: directory) }
        guard isRemoved else {
            throw CausewayError(.input, "\(directory): there is no cursor \(shown(name)); causeway spool cursors lists them")
        }
        return SpoolReport("removed the cursor \(name); a destination of that name begins anew\n")
    }

    private static func text(status found: SpoolInspection) -> String {
        let segments = found.segments
        let first = segments.compactMap { time($0.contents.firstReceivedNanoseconds) }.first
        let last = segments.compactMap { time($0.contents.lastReceivedNanoseconds) }.last
        var table = TextTable([])
        table.add(["directory", found.directory])
        table.add(["log", found.identity.map { hexadecimal($0.logID) } ?? "nothing written yet"])
        table.add(["on disk", "\(ByteCount(found.bytes)) in \(count(segments.count, "segment", "segments"))"])
        if let first, let last { table.add(["received", "\(first) to \(last)"]) }
        if !found.keyNames.isEmpty { table.add(["encrypted", "with key " + found.keyNames.joined(separator: ", ")]) }
        table.add(["sequences", segments.first.map { "\($0.firstSequence) to \(found.lastSequence)" } ?? "none"])
        var text = String(table.text.dropFirst())

        var items = TextTable(["tenant", "signal", "items in the log", "ever appended"], right: [2, 3])
        let held = segments.reduce(into: Totals()) { $0 += $1.books.items }.mergingTerms()
        let books = found.books
        for (key, count) in books.items.mergingTerms().ordered {
            items.add([tenant(key.tenant), signal(key.signal), "\(held.counts[key, default: 0])", "\(count)"])
        }
        if !items.isEmpty { text += "\n" + items.text }

        let lost = (books - books.items).ordered
        if !lost.isEmpty {
            var table = TextTable(["given up", "tenant", "signal", "items"], right: [3])
            for (key, count) in lost { table.add([term(key.term), tenant(key.tenant), signal(key.signal), "\(count)"]) }
            text += "\n" + table.text
        }
        if !found.cursors.isEmpty {
            var table = TextTable(["destination", "behind", "outcomes"], right: [1])
            for cursor in found.cursors {
                let place = cursor.cursor.map { $0.logID == found.identity?.logID ? behind($0, found) : "another log" }
                table.add([cursor.name, place ?? "unreadable", cursor.cursor.map(outcomes) ?? ""])
            }
            text += "\n" + table.text
        }
        return text
    }

    private static func json(status found: SpoolInspection) -> JSONValue {
        let segments = found.segments
        let times = segments.flatMap { [$0.contents.firstReceivedNanoseconds, $0.contents.lastReceivedNanoseconds] }.filter { $0 > 0 }
        let books = found.books
        return .members([
            ("directory", .string(found.directory)),
            ("log", found.identity.map { .string(hexadecimal($0.logID)) } ?? .null),
            ("bytes", .integer(found.bytes)),
            ("segments", .integer(segments.count)),
            ("keys", .array(found.keyNames.map { .string($0) })),
            ("first_sequence", segments.first.map { .integer(Int(clamping: $0.firstSequence)) } ?? .null),
            ("last_sequence", .integer(Int(clamping: found.lastSequence))),
            ("oldest", json(time: times.min() ?? 0)),
            ("newest", json(time: times.max() ?? 0)),
            ("held", json(segments.reduce(into: Totals()) { $0 += $1.books.items }.mergingTerms())),
            ("appended", json(books.items)),
            ("given_up", json(books - books.items)),
            ("cursors", cursorsAsJSON(found)),
        ])
    }

    private static func text(segments found: SpoolInspection) -> String {
        let header = ["segment", "state", "bytes", "sequences", "frames", "items", "received"]
        var table = TextTable(header, right: [2, 4, 5])
        for segment in found.segments {
            let contents = segment.contents
            let times = [contents.firstReceivedNanoseconds, contents.lastReceivedNanoseconds].compactMap(time)
            table.add([
                segment.name, segment.state.rawValue + (segment.isDamaged ? ", damaged" : ""), "\(segment.bytes)",
                "\(segment.firstSequence)–\(contents.lastSequence)", "\(contents.frames.values.reduce(0, +))",
                "\(segment.books.items.sum())", times.joined(separator: " to "),
            ])
        }
        return table.text
    }

    private static func json(_ segment: SegmentInspection) -> JSONValue {
        let contents = segment.contents
        let frames = contents.frames.sorted { $0.key < $1.key }.map { number, count in
            (FrameKind(rawValue: number).map { "\($0)" } ?? "kind \(number)", JSONValue.integer(Int(clamping: count)))
        }
        return .members([
            ("name", .string(segment.name)),
            ("state", .string(segment.state.rawValue)),
            ("bytes", .integer(segment.bytes)),
            ("key", segment.keyName.map { .string($0) } ?? .null),
            ("first_sequence", .integer(Int(clamping: segment.firstSequence))),
            ("last_sequence", .integer(Int(clamping: contents.lastSequence))),
            ("received_from", json(time: contents.firstReceivedNanoseconds)),
            ("received_to", json(time: contents.lastReceivedNanoseconds)),
            ("frames", .members(frames)),
            ("items", json(segment.books.items)),
            ("damaged_bytes", .integer(segment.damaged.reduce(0) { $0 + $1.count })),
        ])
    }

    private static func text(cursors found: SpoolInspection) -> String {
        if found.cursors.isEmpty { return "no destination has read this log\n" }
        var table = TextTable(["destination", "passed up to", "and ranges", "pending items", "outcomes"], right: [1, 2, 3])
        for one in found.cursors {
            guard let cursor = one.cursor else {
                table.add([one.name, one.unreadable ?? "nothing that holds"])
                continue
            }
            let pending = one.isOf(found.identity?.logID) ? "\(found.pending[one.name]?.sum() ?? 0)" : "another log"
            table.add([one.name, "\(cursor.passed.prefix)", "\(cursor.passed.ranges.count)", pending, outcomes(cursor)])
        }
        return table.text
    }

    private static func cursorsAsJSON(_ found: SpoolInspection) -> JSONValue {
        .array(
            found.cursors.map { one in
                var members: [(String, JSONValue)] = [("name", .string(one.name)), ("bytes", .integer(one.bytes))]
                guard let cursor = one.cursor else {
                    return .members(members + [("error", .string(one.unreadable ?? "no slot holds"))])
                }
                let isOwn = one.isOf(found.identity?.logID)
                members += [
                    ("log", .string(hexadecimal(cursor.logID))),
                    ("is_of_this_log", .bool(isOwn)),
                    ("prefix", .integer(Int(clamping: cursor.passed.prefix))),
                    (
                        "ranges",
                        .array(
                            cursor.passed.ranges.map {
                                .array([.integer(Int(clamping: $0.lowerBound)), .integer(Int(clamping: $0.upperBound))])
                            }
                        )
                    ),
                    ("partly_done_frames", .integer(cursor.partial.count)),
                ]
                if isOwn {
                    members.append(("pending_items", .integer(found.pending[one.name]?.sum() ?? max(0, behindItems(cursor, found)))))
                }
                return .members(members + [("outcomes", json(cursor.totals))])
            }
        )
    }

    private static func behind(_ cursor: Cursor, _ found: SpoolInspection) -> String {
        let items = behindItems(cursor, found)
        return items <= 0 ? "nothing" : count(items, "item", "items")
    }

    /// By the law of the books, which spares reading the log.
    private static func behindItems(_ cursor: Cursor, _ found: SpoolInspection) -> Int { found.books.items.sum() - cursor.totals.sum() }

    /// `delivered 12, rejected 1`.
    private static func outcomes(_ cursor: Cursor) -> String {
        var sums: [String: Int] = [:]
        for (key, count) in cursor.totals.counts { sums[key.term, default: 0] += count }
        return sums.sorted { $0.key < $1.key }.map { "\(term($0.key)) \($0.value)" }.joined(separator: ", ")
    }
}

extension SegmentInspection {
    /// The key that its head names.
    fileprivate var keyName: String? { head.flatMap { $0.keyID == 0 ? nil : SpoolKey.name($0.keyID) } }
}

extension SpoolInspection {
    /// The keys that segments name, in the order in which they were first used.
    fileprivate var keyNames: [String] {
        segments.compactMap(\.keyName).reduce(into: []) { names, name in
            if !names.contains(name) { names.append(name) }
        }
    }
}
