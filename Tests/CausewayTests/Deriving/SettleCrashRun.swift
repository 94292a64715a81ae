import CausewayModel
import CausewayOTLP
import CausewaySemantics
import TestSupport

@testable import Causeway
@testable import CausewaySpool

/// One seeded history of a log with settling at work on it and a destination behind it: runs of agents come span by span, some twice, and
/// several crashes come at any operation.
///
/// What is checked after each of them: what was once said of a settled span is said for ever; of every call exactly one sight counts; a root
/// is made up once. In histories where every run is complete before its time is over, what is said is what one look at the whole run says.
struct SettleCrashRun {
    struct Broken: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private var random: SeededRandom
    private(set) var disk = MemoryDisk()
    private let clock = TestClock()
    private var options = SpoolOptions()
    private var spool: SteppedSpool!
    private var settling: Settling?
    /// Whether time goes on only when the runs that have begun are complete.
    private let waitsForRuns: Bool
    private var runs: [UInt64: AgentRun] = [:]
    private var open: [UInt64] = []
    /// What was acknowledged in this life.
    private var recent: [UInt64: Set<Int>] = [:]
    /// What was said of each settled span, by sequence and item.
    private var said: [UInt64: [Int: Said]] = [:]
    private var delivered: Set<UInt64> = []
    private(set) var crashes = 0
    private(set) var story: [String] = []

    /// A settled span.
    private struct Said: Equatable {
        var trace: UInt64
        var span: UInt64
        var isDerived: Bool
        var isCall: Bool
        /// Fields of the note, in an order of their own.
        var note: [[UInt8]]

        func says(_ key: String) -> Bool { note.contains { $0.firstRange(of: Array(key.utf8)) != nil } }
    }

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        waitsForRuns = seed % 3 != 0
        // A restart reads no more than two segments again: what is older is not known any more, and not looked at here.
        options.segmentBytes = 4 << 20
        options.maxBytes = 64 << 20
        options.keepBytes = .max
        options.keepAge = .seconds(1 << 30)
    }

    /// Work until the disk stops before operation `operation`, then one more life in which everything comes to its end.
    mutating func run(stoppingAt operation: Int, isKill: Bool) throws {
        disk.stop(at: operation)
        do { try live(steps: 50) } catch  where disk.stopped != nil && !(error is Broken) {}
        crash(isKill: isKill)
        try end()
    }

    mutating func run() throws {
        for _ in 0..<int(2...5) {
            disk.stop(at: disk.operationCount + int(1...(chance(0.3) ? 40 : 400)))
            do { try live(steps: 80) } catch  where disk.stopped != nil && !(error is Broken) {}
            crash(isKill: chance(0.3))
        }
        try end()
    }

    private mutating func crash(isKill: Bool) {
        crashes += 1
        story.append(isKill ? "kill" : "power loss")
        let stopped = disk.stopped ?? disk.kill()
        disk = isKill ? stopped : stopped.crash(using: &random)
        (spool, settling) = (nil, nil)
    }

    // MARK: Work

    private mutating func start() throws {
        story.append("start")
        recent = [:]
        spool = try SteppedSpool(disk, options: options, clock: clock)
        let deriver = try spool.deriver("settle", start: .oldest)
        guard !deriver.hasGap else { throw Broken("frames are gone that would have to be read again") }
        settling = Settling(deriver, SettleOptions(), replayBytes: .max)
        story.append("mark \(deriver.mark.number) to \(deriver.mark.sequence), checkpoint \(deriver.checkpoint?.sequence ?? 0)")
        _ = try spool.open("backend", start: .oldest)
    }

    private mutating func live(steps: Int) throws {
        try start()
        if disk.stopped == nil { try check() }
        for _ in 0..<steps where disk.stopped == nil {
            let isFaulty = chance(0.1)
            if isFaulty { setFault() }
            try step()
            disk.setFault(nil)
        }
        if disk.stopped == nil { try check() }
    }

    private mutating func step() throws {
        switch int(0...9) {
        case 0...3: append()
        case 4...5: turn()
        case 6: pass()
        case 7:
            try readAll()
            spool.files.save(spool.readers["backend"]!.cursor)
        default:
            clock.advance(.milliseconds(10))
            turn()
        }
    }

    /// Sends some spans of a run that has begun or begins now; what nobody has acknowledged is sent again, and sometimes what was.
    private mutating func append() {
        if open.isEmpty || open.count < 3 && chance(0.4) {
            let id = UInt64(runs.count + 1)
            runs[id] = AgentRun(id, kind: int(0...3))
            open.append(id)
        }
        let id = open[int(0...open.count - 1)]
        let run = runs[id]!
        let missing = run.spans.indices.filter { !run.acknowledged.contains($0) }.shuffled(using: &random)
        var chosen = Array(missing.prefix(int(1...3)))
        if chance(0.2), let again = recent[id]?.sorted().randomElement(using: &random) { chosen.append(again) }
        guard !chosen.isEmpty else { return }
        // Each a frame of its own, or all of them one.
        let parts = chance(0.5) ? chosen.map { [$0] } : [chosen]
        let drafts = parts.map { part in
            FrameDraft(
                kind: .otlp,
                signal: 1,
                items: part.count,
                receivedNanoseconds: clock.wallNanoseconds(),
                payload: run.payload(part)
            )
        }
        let isAccepted = spool.append([drafts]) == [true]
        story.append("append \(chosen) of run \(id): \(isAccepted)")
        if isAccepted, disk.stopped == nil {
            runs[id]!.acknowledged.formUnion(chosen)
            recent[id, default: []].formUnion(chosen)
        }
    }

    private var isEverythingAcknowledged: Bool { open.allSatisfy { runs[$0]!.acknowledged.count == runs[$0]!.spans.count } }

    /// Time goes by, and runs that are complete are over.
    private mutating func pass() {
        guard !waitsForRuns || isEverythingAcknowledged else { return }
        let seconds = chance(0.1) && isEverythingAcknowledged ? 1000 : [1, 3, 11][int(0...2)]
        clock.advance(.seconds(seconds))
        story.append("\(seconds) seconds")
        let complete = open.filter { runs[$0]!.acknowledged.count == runs[$0]!.spans.count }
        // After so long nobody knows them any more.
        if waitsForRuns || seconds == 1000 || chance(0.5) { open.removeAll { complete.contains($0) } }
        turn()
    }

    private mutating func turn(isDraining: Bool = false) {
        guard let settling else { return }
        for _ in 0..<20 {
            let moment = DerivingMoment(
                bootNanoseconds: clock.bootNanoseconds(),
                wallNanoseconds: clock.wallNanoseconds(),
                isDraining: isDraining
            )
            do throws(SpoolError) {
                guard try settling.turn(moment) == .none else { return }
            } catch {
                story.append("turn failed: \(error)")
                return
            }
        }
    }

    private mutating func readAll() throws {
        guard let frames = try? spool.readers["backend"]!.reader.read(maxBytes: .max) else { return }
        if disk.stopped == nil { try take(frames) }
        for frame in frames {
            try spool.readers["backend"]!.reader.record(.delivered, of: [frame.all])
            if disk.stopped == nil { delivered.insert(frame.sequence) }
        }
    }

    /// Without faults everything comes to its end.
    private mutating func end() throws {
        disk.stop(at: .max)
        try start()
        try check()
        for id in open { while runs[id]!.acknowledged.count < runs[id]!.spans.count { append(id) } }
        for _ in 0..<3 {
            clock.advance(.seconds(12))
            turn()
        }
        // Those without a root are given up, and not once more.
        for _ in 0..<3 {
            clock.advance(.seconds(1000))
            for _ in 0..<3 {
                turn()
                clock.advance(.seconds(12))
            }
        }
        try check()
        try readAll()
        let made = said.values.flatMap(\.values).filter(\.isDerived)
        // What was read before the last restart but one is not known any more: of such a run nobody can say that its root never came.
        let rootless = runs.values.filter { !$0.hasRoot && !$0.acknowledged.isEmpty }.map(\.id).filter { made.map(\.trace).contains($0) }
            .sorted()
        if crashes == 1 {
            let due = runs.values.filter { !$0.hasRoot && !$0.acknowledged.isEmpty }.map(\.id).sorted()
            guard made.map(\.trace).sorted() == due else { throw Broken("made up for \(made.map(\.trace).sorted()), due are \(due)") }
        }
        let created = spool.files.catalog.with { $0.books.sum { $0.term == "created:settle" } }
        guard created == made.count else { throw Broken("the books say \(created) created, not \(made.count)") }
        try endLate(rootless)
        try readAll()
        let missing = Set(said.keys).subtracting(delivered)
        guard missing.isEmpty else { throw Broken("never handed to the reader: \(missing.sorted())") }
        spool.close()
    }

    private mutating func append(_ id: UInt64) {
        let run = runs[id]!
        let missing = run.spans.indices.filter { !run.acknowledged.contains($0) }
        let draft = FrameDraft(
            kind: .otlp,
            signal: 1,
            items: missing.count,
            receivedNanoseconds: clock.wallNanoseconds(),
            payload: run.payload(missing)
        )
        if spool.append([[draft]]) == [true] { runs[id]!.acknowledged.formUnion(missing) }
    }

    /// The roots come after all, in another life: their requests have been counted.
    private mutating func endLate(_ rootless: [UInt64]) throws {
        try? spool.writer.seal()
        turn()
        crash(isKill: true)
        disk.stop(at: .max)
        try start()
        for id in rootless {
            runs[id]!.addRoot()
            append(id)
        }
        clock.advance(.seconds(12))
        turn()
        turn()
        try check()
        for (sequence, items) in said {
            for (item, span) in items where rootless.contains(span.trace) && span.span == 1 && !span.isDerived {
                guard span.says("causeway.request.counted") else {
                    throw Broken("\(item) of \(sequence), the late root of run \(span.trace), is not known to be one")
                }
            }
        }
    }

    // MARK: What is checked

    /// Takes note of what destinations are told.
    private mutating func take(_ frames: [StoredFrame]) throws {
        let mark = spool.files.catalog.with { $0.marks["settle"]?.sequence ?? 0 }
        for frame in frames {
            guard frame.sequence <= mark else { throw Broken("frame \(frame.sequence) was handed out, settled is \(mark)") }
            let found = Self.said(frame)
            if let before = said[frame.sequence], before != found {
                throw Broken("of frame \(frame.sequence) was said \(before), and now \(found)")
            }
            said[frame.sequence] = found
        }
    }

    private static func said(_ frame: StoredFrame) -> [Int: Said] {
        var found: [Int: Said] = [:]
        let payload = frame.payload
        let spans = RequestView(payload, signal: .traces).resourceEntries.flatMap { $0.scopeEntries(payload) }.flatMap { $0.spans(payload) }
        for (item, span) in spans.enumerated() {
            let bytes = frame.notes.filter { $0.item == item }.flatMap(\.payload)
            var fields: [[UInt8]] = []
            var reader = FieldReader(0..<bytes.count)
            while let field = reader.next(bytes) { fields.append(Array(bytes[field.range])) }
            found[item] = Said(
                trace: span.traceID?.low ?? 0,
                span: span.spanID?.value ?? 0,
                isDerived: frame.flags.contains(.derived),
                isCall: span.attributes.value("gen_ai.usage.input_tokens", payload) != nil,
                note: fields.sorted { $0.lexicographicallyPrecedes($1) }
            )
        }
        return found
    }

    private mutating func check() throws {
        try take(try spool.frames(wait: .settled(late: false)))
        var byTrace: [UInt64: [Said]] = [:]
        for (_, items) in said.sorted(by: { $0.key < $1.key }) {
            for (_, span) in items.sorted(by: { $0.key < $1.key }) { byTrace[span.trace, default: []].append(span) }
        }
        for (trace, spans) in byTrace {
            let made = spans.filter(\.isDerived)
            guard made.count <= 1 else { throw Broken("\(made.count) roots were made up for run \(trace)") }
            let first = spans.filter { !$0.isDerived && !$0.says("causeway.redelivered") }
            let ids = first.map(\.span)
            guard Set(ids).count == ids.count || !waitsForRuns && crashes > 1 else {
                throw Broken("spans of run \(trace) count twice: \(ids)")
            }
            // The same of what counted before the last restart but one.
            if !waitsForRuns, crashes > 1 { continue }
            let calls = first.filter(\.isCall)
            let counting = calls.filter { !$0.says("causeway.duplicate_of") && !$0.says("causeway.usage.rollup") }
            // What one sight is a second one of may not be settled yet: the mark goes frame by frame.
            let isWhole = runs[trace].map { Set(ids).count >= $0.spans.count } ?? false
            guard counting.count == 1 || counting.isEmpty && (calls.isEmpty || !isWhole) else {
                throw Broken("of one call of run \(trace) count \(counting.map(\.span)) of \(calls.map(\.span))")
            }
            if waitsForRuns, let run = runs[trace], first.count == run.spans.count, run.isAsPlanned {
                for span in first {
                    let expected = run.expected[span.span] ?? []
                    guard span.note == expected else {
                        throw Broken(
                            "of span \(span.span) of run \(trace) is said \(Self.text(span.note)), to be said is \(Self.text(expected))"
                        )
                    }
                }
            }
        }
    }

    private static func text(_ fields: [[UInt8]]) -> [String] {
        fields.map { field in String(decoding: field.map { $0 < 32 || $0 > 126 ? UInt8(ascii: ".") : $0 }, as: UTF8.self) }
    }

    private mutating func setFault() {
        let (first, last) = (int(0...3), int(4...6))
        let met = Counter()
        story.append("fault at \(first)...\(last)")
        disk.setFault { _, _, _ in (first...last).contains(met.next() - 1) ? .error(5) : nil }
    }

    private mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &random) < probability }

    private mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
}

/// What one agent sends of one run, and what has to be said of it when it is seen as a whole.
private struct AgentRun {
    let id: UInt64
    private(set) var spans: [SpanRecord]
    private(set) var hasRoot: Bool
    /// Nothing came that would not have come without crashes.
    private(set) var isAsPlanned = true
    /// The note on each span, by its id: its fields, sorted.
    let expected: [UInt64: [[UInt8]]]
    var acknowledged: Set<Int> = []

    init(_ id: UInt64, kind: Int) {
        self.id = id
        hasRoot = kind != 0
        var spans = [
            // A framework's span and an SDK's own inside it.
            Self.span(2, of: id, in: 1, "chat", [("gen_ai.request.model", "m"), ("gen_ai.usage.input_tokens", 10)]),
            Self.span(3, of: id, in: 2, "chat", [("gen_ai.usage.input_tokens", 10), ("gen_ai.response.id", "r"), ("user.id", "u")]),
        ]
        if kind > 1 {
            // A tool that fails, and is tried again.
            let tool: [(String, AttributeValue)] = [("gen_ai.tool.name", "t"), ("causeway.call.hash", "h")]
            let failure: [(String, AttributeValue)] = [("causeway.failure.category", "tool"), ("causeway.failure.code", "timeout")]
            spans.append(Self.span(4, of: id, in: 1, "execute_tool", tool + failure))
            spans.append(Self.span(6, of: id, in: 1, "execute_tool", tool))
        }
        if kind > 2 { spans.append(Self.span(7, of: id, in: 6, "", [("http.request.method", "GET")])) }
        if hasRoot { spans.append(Self.root(id)) }
        self.spans = spans
        var table = SettleTable()
        let payload = Self.payload(spans)
        table.take(SettleTable.Frame(sequence: 1, tenant: "", signal: .traces, items: spans.count, payload: payload), arrival: 1)
        table.finish()
        var expected: [UInt64: [[UInt8]]] = [:]
        while let settled = table.takeSettled(maxBytes: .max) {
            for note in settled.notes {
                var reader = FieldReader(0..<note.payload.count)
                while let field = reader.next(note.payload) {
                    expected[spans[note.item].spanID.value, default: []].append(Array(note.payload[field.range]))
                }
            }
        }
        self.expected = expected.mapValues { $0.sorted { $0.lexicographicallyPrecedes($1) } }
    }

    mutating func addRoot() {
        spans.append(Self.root(id))
        (hasRoot, isAsPlanned) = (true, false)
    }

    func payload(_ chosen: [Int]) -> [UInt8] { Self.payload(chosen.map { spans[$0] }) }

    private static func payload(_ spans: [SpanRecord]) -> [UInt8] {
        TelemetryRecord(resource: [], scope: ScopeRecord(name: "agent"), items: .spans(spans)).encoded()
    }

    private static func root(_ id: UInt64) -> SpanRecord {
        span(1, of: id, in: 0, "invoke_agent", [("gen_ai.agent.name", "a"), ("gen_ai.conversation.id", "c")])
    }

    private static func span(
        _ number: UInt64,
        of trace: UInt64,
        in parent: UInt64,
        _ operation: String,
        _ attributes: [(String, AttributeValue)]
    ) -> SpanRecord {
        var span = SpanRecord(
            traceID: TraceID(high: 5, low: trace)!,
            spanID: SpanID(number)!,
            parentSpanID: SpanID(parent),
            name: operation,
            startNanoseconds: 1_000_000_000 * number,
            endNanoseconds: 1_000_000_000 * number + (parent == 0 ? 20_000_000_000 : 900_000_000)
        )
        if !operation.isEmpty { span.attributes.append(Attribute("gen_ai.operation.name", .string(operation))) }
        for (key, value) in attributes { span.attributes.append(Attribute(key, value)) }
        return span
    }
}
