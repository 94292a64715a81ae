import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import CausewaySpool
import Foundation
import Testing

@testable import Causeway

/// Settling over a log on disk, at times of the test's choosing, with restarts in the middle.
struct SettlingTests {
    private final class Directory {
        let path: String

        init() {
            path = FileManager.default.temporaryDirectory.appending(path: "settle-\(UUID().uuidString)").path
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    /// One life of a bridge.
    private struct Life {
        let spool: Spool
        let deriver: Settling
        let reader: LogReader

        init(_ directory: Directory) throws {
            var options = SpoolOptions()
            options.segmentBytes = 1 << 20
            spool = try Spool(directory: directory.path, options: options) {}
            var configuration = Configuration()
            configuration.settle.quiet = .seconds(2)
            deriver = try Settling(spool, configuration) {}
            reader = try spool.reader("backend", start: .oldest)
        }

        func append(_ payload: [UInt8], items: Int, tenant: String = "") throws {
            let wall = SystemClock().wallNanoseconds()
            let frame = FrameDraft(kind: .otlp, signal: 1, tenant: tenant, items: items, receivedNanoseconds: wall, payload: payload)
            try spool.appendAndWait([frame])
        }

        /// Turns until there is nothing to do, so many seconds from now.
        func turn(after seconds: Double, isDraining: Bool = false) throws {
            let clock = SystemClock()
            var moment = DerivingMoment(
                bootNanoseconds: clock.bootNanoseconds() + UInt64(seconds * 1e9),
                wallNanoseconds: clock.wallNanoseconds(),
                isDraining: isDraining
            )
            for _ in 0..<1000 {
                guard try deriver.turn(moment) == .none else { return }
                moment.bootNanoseconds += 60_000_000
            }
        }
    }

    private func span(_ number: Int, of trace: Int, in parent: Int = 0, _ attributes: [Attribute]) throws -> SpanRecord {
        var span = SpanRecord(
            traceID: try #require(TraceID(high: 5, low: UInt64(trace))),
            spanID: try #require(SpanID(UInt64(number))),
            parentSpanID: SpanID(UInt64(parent)),
            name: "s\(number)",
            startNanoseconds: 1_000_000_000 * UInt64(number),
            endNanoseconds: 1_000_000_000 * UInt64(number) + 1
        )
        span.attributes = attributes
        return span
    }

    private func payload(_ spans: [SpanRecord]) -> [UInt8] {
        TelemetryRecord(resource: [], scope: ScopeRecord(name: "s"), items: .spans(spans)).encoded()
    }

    private var agent: [Attribute] { [Attribute("gen_ai.operation.name", "invoke_agent"), Attribute("gen_ai.agent.name", "a")] }
    private var model: [Attribute] {
        [
            Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.request.model", "m"), Attribute("gen_ai.usage.input_tokens", 5),
            Attribute("gen_ai.usage.output_tokens", 1),
        ]
    }

    private func read(_ life: Life) throws -> [StoredFrame] {
        let frames = try life.reader.read(maxBytes: .max)
        for frame in frames {
            try life.reader.record(.delivered, of: [ItemRange(sequence: frame.sequence, first: 0, count: frame.items)])
        }
        return frames
    }

    @Test func `destinations get a trace when it is settled, with what was found out`() throws {
        let directory = Directory()
        let life = try Life(directory)
        try life.append(payload([span(2, of: 1, in: 1, model)]), items: 1)
        try life.append(payload([span(1, of: 1, agent)]), items: 1)
        try life.turn(after: 0)
        #expect(try read(life).isEmpty)
        try life.turn(after: 3)
        let frames = try read(life)
        #expect(frames.map(\.items) == [1, 1])
        let root = try #require(frames.last?.notes.first.map { ItemNote($0.payload) })
        #expect(frames.last?.notes.count == 1 && root.encoded.count > 100)
        #expect(life.deriver.numbers.snapshot.counts.notes == 2)
        life.spool.close()
    }

    @Test func `at the end everything is settled at once`() throws {
        let directory = Directory()
        let life = try Life(directory)
        try life.append(payload([span(2, of: 1, in: 1, model)]), items: 1)
        try life.turn(after: 0, isDraining: true)
        #expect(try read(life).count == 1)
        life.spool.close()
    }

    @Test(arguments: 0..<8)
    func `restarts at any time change nothing about what is said, and nothing is said twice`(seed: Int) throws {
        var random = SystemRandomNumberGenerator()
        let directory = Directory()
        var life = try Life(directory)
        var found: [UInt64: [StoredNote]] = [:]
        for trace in 1...12 {
            try life.append(payload([span(3, of: trace, in: 2, model), span(2, of: trace, in: 1, model)]), items: 2)
            if Bool.random(using: &random) { try life.turn(after: 0) }
            try life.append(payload([span(1, of: trace, agent)]), items: 1)
            if Bool.random(using: &random) { try life.turn(after: trace % 3 == 0 ? 3 : 0) }
            if Int.random(in: 0..<3, using: &random) == 0 {
                for frame in try read(life) { found[frame.sequence] = frame.notes }
                // What settling knew and had not written is gone.
                life.spool.close()
                life = try Life(directory)
            }
        }
        try life.turn(after: 0, isDraining: true)
        for frame in try read(life) { found[frame.sequence] = frame.notes }
        #expect(found.count == 24)
        for (_, notes) in found {
            #expect(Set(notes.map(\.item)).count == notes.count, "an item that is spoken of twice")
            #expect(notes.allSatisfy { !$0.isLate })
        }
        // Of two models' spans inside each other one counts, in each of the traces; each root has its sums.
        let all = found.values.joined().map { ItemNote($0.payload).encoded }
        func count(_ key: String) -> Int { all.filter { $0.firstRange(of: Array(key.utf8)) != nil }.count }
        #expect(count("causeway.duplicate_of") == 12)
        #expect(count("causeway.request.model_calls") == 12)
        life.spool.close()
    }
}
