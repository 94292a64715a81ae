internal import CausewayModel
internal import CausewaySpool

// What has come in, as it is kept in `state/intake` and told.

extension IntakeCounts {
    /// The checkpoint's name; no deriver has it.
    static let name = "intake"
    private static let version: UInt64 = 1

    /// Keeps the numbers when they have changed. What cannot be kept now is kept a minute later.
    func keep(in spool: Spool) {
        guard let numbers = takeChanged() else { return }
        let payload = [UInt8](IntakeReport.json(numbers).text().utf8)
        let sequence = spool.status().lastSequence
        do throws(SpoolError) {
            try spool.save(Checkpoint(version: Self.version, sequence: sequence, payload: payload), as: Self.name)
        } catch {
            markChanged()
        }
    }
}

extension IntakeCounts.Numbers {
    /// Nil when it was written by a version that counts differently.
    init?(_ checkpoint: Checkpoint) {
        guard checkpoint.version == 1, let json = try? JSONValue(parsing: checkpoint.payload) else { return nil }
        self.init()
        decodedItems = Self.bySignal(json["decoded"])
        storedItems = Self.bySignal(json["stored"])
        repeatedItems = Self.bySignal(json["repeated"])
        for entry in json["refused"]?.array ?? [] {
            guard let signal = Self.signal(entry), let reason = entry["reason"]?.string, let items = entry["items"]?.integer else {
                continue
            }
            refusedItems[IntakeCounts.RefusedKey(signal: signal, reason: reason), default: 0] += Int(items)
        }
        repairedStrings = Int(json["repaired_strings"]?.integer ?? 0)
    }

    private static func signal(_ entry: JSONValue) -> Signal? { Signal.allCases.first { $0.name == entry["signal"]?.string } }

    private static func bySignal(_ list: JSONValue?) -> [Signal: Int] {
        var counts: [Signal: Int] = [:]
        for entry in list?.array ?? [] {
            if let signal = signal(entry), let items = entry["items"]?.integer { counts[signal, default: 0] += Int(items) }
        }
        return counts
    }

    func refused(_ signal: Signal) -> Int { refusedItems.reduce(0) { $1.key.signal == signal ? $0 + $1.value : $0 } }

    /// Items that were decoded and neither stored, refused nor dropped when the numbers were taken: on their way.
    func unanswered(_ signal: Signal) -> Int {
        decodedItems[signal, default: 0] - storedItems[signal, default: 0] - refused(signal) - repeatedItems[signal, default: 0]
    }
}

/// The first law of the books, `decoded = from_receivers + refused_items + repeated`, as far as it can be known from a directory.
///
/// The bridge notes what it has counted about once a minute and when it is stopped; of what was refused after the last time, a bridge that
/// was killed has told its senders, and nobody else.
struct IntakeReport {
    struct Line {
        var signal: Signal
        var decoded: Int
        var fromReceivers: Int
        var refused: Int
        var repeated: Int
        /// Decoded when the numbers were noted, and without an answer then.
        var unanswered: Int
        /// Stored after they were noted.
        var later: Int

        /// Whether everything that was decoded has become of something that is known.
        var isBalanced: Bool { unanswered >= 0 && later >= -unanswered && later >= 0 }
    }

    /// Nil when nothing was noted: a directory of an earlier version, or one that no bridge has worked in for a minute.
    var lines: [Line]?

    init(_ inspection: SpoolInspection) {
        let checkpoint = inspection.checkpoints.first { $0.name == IntakeCounts.name }?.contents
        guard let checkpoint, let noted = IntakeCounts.Numbers(checkpoint) else { return }
        let books = inspection.books
        lines = Signal.allCases.compactMap { signal in
            let stored = books.sum { $0.signal == signal.rawValue && $0.term == "from_receivers" }
            let later = stored - noted.storedItems[signal, default: 0]
            let line = Line(
                signal: signal,
                // What came later was decoded, too.
                decoded: noted.decodedItems[signal, default: 0] + later,
                fromReceivers: stored,
                refused: noted.refused(signal),
                repeated: noted.repeatedItems[signal, default: 0],
                unanswered: noted.unanswered(signal),
                later: later
            )
            return line.decoded == 0 && stored == 0 ? nil : line
        }
    }

    var isBalanced: Bool { lines?.allSatisfy(\.isBalanced) ?? true }

    var text: String {
        guard let lines else { return "decoded: not known; a bridge notes it once a minute and when it is stopped\n" }
        return lines.map { line in
            var text = "\(line.signal.name): decoded \(line.decoded) = from_receivers \(line.fromReceivers) + refused \(line.refused)"
            text += " + repeated \(line.repeated)"
            if line.unanswered != 0 { text += ", and \(line.unanswered) under way when that was noted" }
            if line.later > 0 { text += "; \(line.later) stored since" }
            return text + (line.isBalanced ? "\n" : "; does not balance\n")
        }.joined()
    }

    var json: JSONValue {
        guard let lines else { return .null }
        return .array(
            lines.map { line in
                .members([
                    ("signal", .string(line.signal.name)), ("decoded", .integer(line.decoded)),
                    ("from_receivers", .integer(line.fromReceivers)), ("refused", .integer(line.refused)),
                    ("repeated", .integer(line.repeated)), ("unanswered", .integer(line.unanswered)),
                    ("stored_since", .integer(line.later)),
                    ("balanced", .bool(line.isBalanced)),
                ])
            }
        )
    }

    static func json(_ numbers: IntakeCounts.Numbers) -> JSONValue {
        func list(_ counts: [Signal: Int]) -> JSONValue {
            .array(
                counts.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    .members([("signal", .string($0.key.name)), ("items", .integer($0.value))])
                }
            )
        }
        let refused = numbers.refusedItems.sorted { ($0.key.signal.rawValue, $0.key.reason) < ($1.key.signal.rawValue, $1.key.reason) }
        return .members([
            ("decoded", list(numbers.decodedItems)),
            ("stored", list(numbers.storedItems)),
            (
                "refused",
                .array(
                    refused.map {
                        .members([
                            ("signal", .string($0.key.signal.name)), ("reason", .string($0.key.reason)), ("items", .integer($0.value)),
                        ])
                    }
                )
            ),
            ("repeated", list(numbers.repeatedItems)),
            ("repaired_strings", .integer(numbers.repairedStrings)),
        ])
    }
}
