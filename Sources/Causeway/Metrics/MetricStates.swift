internal import CausewayModel
internal import CausewayOTLP
internal import CausewaySemantics
internal import CausewaySpool
internal import Synchronization

/// What destinations want of metrics, and what they have been told, kept in `state/` beside their cursors. Used from several threads.
final class MetricStates: Sendable {
    /// What a destination was told when it had got to a frame.
    struct Snapshot: Sendable {
        var sequence: UInt64
        var conversion: MetricConversion
        /// Frames up to there that have no outcome yet: what came of them, and how many of their items have none.
        var waiting: [(sequence: UInt64, payload: [UInt8], items: Int)]
    }

    private let spool: Spool
    private let state = Mutex(State())
    /// One at a time: an older one must not be written over a newer. By destination.
    private let saving = Mutex<[String: KeptState]>([:])

    private struct State {
        var demands: [String: MetricDemand] = [:]
        var due: [String: Snapshot] = [:]
    }

    /// Of the checkpoint; in the first one all of it stood in the checkpoint itself.
    private static let version: UInt64 = 2

    init(_ spool: Spool, _ configuration: Configuration) {
        self.spool = spool
        take(configuration)
        spool.eachMinute { [self] in saveDue() }
    }

    /// What a configuration says from here on.
    func take(_ configuration: Configuration) {
        let demands = configuration.destinations.map { ($0.name, MetricDemand($0, configuration.metrics)) }
        state.withLock { $0.demands = Dictionary(uniqueKeysWithValues: demands) }
    }

    /// What a destination wants; of one that is not configured any more, what it wanted.
    func demand(of name: String) -> MetricDemand {
        state.withLock { $0.demands[name] } ?? MetricDemand(Configuration.Destination(name: name), Configuration.Metrics())
    }

    var sealCount: Int { spool.sealCount }

    func frames(after sequence: UInt64, upTo last: UInt64, _ body: (StoredFrame) -> Void) throws(SpoolError) -> Bool {
        try spool.frames(after: sequence, upTo: last, body)
    }

    /// To be written soon, not on the caller's thread: until then nothing behind the one before can be given up.
    func hand(_ snapshot: Snapshot, of name: String) {
        state.withLock { $0.due[name] = snapshot }
        spool.soon { [self] in saveDue() }
    }

    private func saveDue() {
        for (name, snapshot) in state.withLock({ $0.due }) {
            guard (try? save(snapshot, of: name)) != nil else { continue }
            state.withLock { state in
                if state.due[name]?.sequence == snapshot.sequence { state.due[name] = nil }
            }
        }
    }

    func save(_ snapshot: Snapshot, of name: String) throws(SpoolError) {
        try saving.withLock { all throws(SpoolError) in
            // Frames before it may go: first of all where there is no room for it, else there would never be any.
            defer { spool.keep(behind: snapshot.sequence, for: Self.file(name)) }
            var kept = all[name] ?? KeptState(spool, Self.body(name))
            defer { all[name] = kept }
            let head = kept.head(snapshot.bytes)
            try spool.save(Checkpoint(version: Self.version, sequence: snapshot.sequence, payload: head), as: Self.file(name))
            kept.isDurable()
        }
    }

    /// What was kept of a destination that wants the same as now.
    func load(_ name: String, _ conversion: MetricConversion) -> (sequence: UInt64, conversion: [UInt8], waiting: [(UInt64, [UInt8], Int)])?
    {
        guard let checkpoint = spool.checkpoint(Self.file(name)), let payload = contents(checkpoint, of: name) else { return nil }
        var (known, waiting): ([UInt8]?, [(UInt64, [UInt8], Int)]) = (nil, [])
        var (target, isForEverything): (UInt64, Bool) = (0, false)
        var fields = FieldReader(0..<payload.count)
        while let field = fields.next(payload) {
            switch field.number {
            case 1: target = field.value
            case 2: isForEverything = field.value != 0
            case 3: known = [UInt8](payload[field.contents])
            case 4:
                var (sequence, items, bytes): (UInt64, Int, [UInt8]) = (0, 0, [])
                var inner = FieldReader(field.contents)
                while let field = inner.next(payload) {
                    switch field.number {
                    case 1: sequence = field.value
                    case 2: items = Int(truncatingIfNeeded: field.value)
                    case 3: bytes = [UInt8](payload[field.contents])
                    default: break
                    }
                }
                waiting.append((sequence, bytes, items))
            default: break
            }
        }
        guard let known, target == UInt64(conversion.target.rawValue), isForEverything == conversion.isForEverything else { return nil }
        return (checkpoint.sequence, known, waiting)
    }

    private func contents(_ checkpoint: Checkpoint, of name: String) -> [UInt8]? {
        switch checkpoint.version {
        case 1: checkpoint.payload
        case Self.version:
            saving.withLock { all in
                var kept = all[name] ?? KeptState(spool, Self.body(name))
                defer { all[name] = kept }
                return kept.contents(checkpoint.payload)
            }
        default: nil
        }
    }

    func keep(_ sequence: UInt64, of name: String) { spool.keep(behind: sequence, for: Self.file(name)) }

    /// The destination needs to know nothing of what went before, or is there no more.
    func forget(_ name: String) {
        state.withLock { $0.due[name] = nil }
        spool.keep(behind: nil, for: Self.file(name))
    }

    /// No deriver's name, and no destination's, has a dot in it.
    private static func file(_ name: String) -> String { "\(name.prefix(56)).metrics" }

    /// Where what is known lies, as long as it does not change.
    private static func body(_ name: String) -> String { "\(name.prefix(56)).told" }
}

extension MetricStates.Snapshot {
    // A field each: 1 temporality, 2 of everything, 3 what the conversion knows, 4 a frame that waits: 1 its number, 2 items, 3 bytes
    var bytes: [UInt8] {
        var writer = WireWriter()
        writer.varint(1, Int64(conversion.target.rawValue))
        writer.varint(2, conversion.isForEverything ? 1 : 0)
        writer.field(3, conversion.state)
        for frame in waiting {
            var contents = WireWriter()
            contents.fixed(1, frame.sequence)
            contents.varint(2, Int64(frame.items))
            contents.field(3, frame.payload)
            writer.field(4, contents.bytes)
        }
        return writer.bytes
    }
}
