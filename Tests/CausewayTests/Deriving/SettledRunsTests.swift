import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Foundation
import TestSupport
import Testing

@testable import Causeway
@testable import CausewaySpool

/// Captured runs of agents through a log with settling at work on it: whatever way they come, and whatever happens meanwhile, the same is said
/// of each span.
struct SettledRunsTests {
    enum Way: String, CaseIterable {
        case shuffled, onePerRequest, sentTwice, killedBetween, killedWithin
    }

    /// `agent/run`, of `agent/run.otlp.pb` or `agent/run.1.otlp.pb` and so on.
    static let runs: [String] = {
        let paths = (FileManager.default.subpaths(atPath: corpus) ?? []).filter { $0.hasSuffix(".otlp.pb") }
        return Set(
            paths.map { path in
                let parts = path.split(separator: "/")
                return "\(parts[0])/\(parts[1].prefix { $0 != "." })"
            }
        ).sorted()
    }()

    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/corpus").path

    private struct Request {
        var signal: Signal
        var payload: [UInt8]

        var items: Int { RequestView(payload, signal: signal).itemCount }

        var pieces: [Request] {
            let view = RequestView(payload, signal: signal)
            return (0..<view.itemCount).map { Request(signal: signal, payload: view.payload(items: $0..<$0 + 1)) }
        }
    }

    private static func requests(_ run: String) throws -> [Request] {
        let directory = corpus + "/" + run.split(separator: "/")[0]
        let prefix = run.split(separator: "/")[1] + "."
        return try FileManager.default.contentsOfDirectory(atPath: directory).sorted().filter {
            $0.hasPrefix(prefix) && ($0.hasSuffix(".otlp.pb") || $0.hasSuffix(".logs.pb"))
        }.map { name in
            let signal: Signal = name.hasSuffix(".logs.pb") ? .logs : .traces
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: directory + "/" + name)))
            let options = UnderstandingOptions(callKey: CallKey(1, 2))
            return Request(signal: signal, payload: understand(bytes, signal: signal, options: options).payload)
        }
    }

    /// One log and who settles it, in one life after the other.
    private struct Road {
        private var disk = MemoryDisk()
        private let clock = TestClock()
        private var spool: SteppedSpool!
        private var settling: Settling!

        init() throws { try start() }

        private mutating func start() throws {
            var options = SpoolOptions()
            options.segmentBytes = 1 << 20
            spool = try SteppedSpool(disk, options: options, clock: clock)
            settling = Settling(try spool.deriver("settle"), SettleOptions(), keepsSegment: true)
        }

        mutating func kill() throws {
            disk = disk.stopped ?? disk.kill()
            disk.stop(at: .max)
            try start()
        }

        /// What is refused or lost is sent again by whoever sent it.
        mutating func append(_ request: Request) throws {
            let draft = FrameDraft(
                kind: .otlp,
                signal: request.signal.rawValue,
                items: request.items,
                receivedNanoseconds: clock.wallNanoseconds(),
                payload: request.payload
            )
            try #require(spool.append([[draft]]) == [true])
            turn()
        }

        mutating func turn() {
            for _ in 0..<100 {
                let moment = DerivingMoment(bootNanoseconds: clock.bootNanoseconds(), wallNanoseconds: clock.wallNanoseconds())
                guard (try? settling.turn(moment)) == DerivingPause.none else { return }
            }
        }

        /// All is over, and settled; with a crash after so many more operations of the disk.
        mutating func end(crashAfter operations: Int?) throws {
            clock.advance(.seconds(11))
            if let operations {
                disk.stop(at: disk.operationCount + operations)
                turn()
                try kill()
            }
            for _ in 0..<5 {
                turn()
                clock.advance(.seconds(1))
            }
        }

        /// What is said of each span, by its ids; and how many log records are parts of spans now.
        func meaning() throws -> (spans: [String: [[UInt8]]], folded: Int) {
            var found: [String: [[UInt8]]] = [:]
            var folded = 0
            for frame in try spool.frames(wait: .settled(late: false)) {
                let payload = frame.payload
                if frame.signal == Signal.logs.rawValue {
                    folded += frame.notes.filter { ItemNote($0.payload).marks.contains(.folded) }.count
                    continue
                }
                let scopes = RequestView(payload, signal: .traces).resourceEntries.flatMap { $0.scopeEntries(payload) }
                for (item, span) in scopes.flatMap({ $0.spans(payload) }).enumerated() {
                    let notes = frame.notes.filter { $0.item == item }
                    #expect(notes.count < 2)
                    #expect(notes.allSatisfy { !$0.isLate })
                    let bytes = notes.flatMap(\.payload)
                    if ItemNote(bytes).marks.contains(.redelivered) { continue }
                    let id = "\(span.traceID!) \(span.spanID!)"
                    #expect(found[id] == nil, "\(id) is there twice")
                    var fields: [[UInt8]] = []
                    var reader = FieldReader(0..<bytes.count)
                    while let field = reader.next(bytes) { fields.append(Array(bytes[field.range])) }
                    found[id] = fields.sorted { $0.lexicographicallyPrecedes($1) }
                }
            }
            return (found, folded)
        }
    }

    @Test(arguments: runs, Way.allCases)
    func `a run is settled to the same, in whatever way it comes`(run: String, way: Way) throws {
        let requests = try Self.requests(run)
        // Log records without a time are in the order in which they came.
        if way == .shuffled, run.hasPrefix("otel-botocore") { return }
        var plain = try Road()
        for request in requests { try plain.append(request) }
        try plain.end(crashAfter: nil)
        let expected = try plain.meaning()
        try #require(!expected.spans.isEmpty)

        var random = SeededRandom(seed: UInt64(run.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }))
        var road = try Road()
        var sent = way == .sentTwice ? requests : requests.flatMap(\.pieces)
        if way == .shuffled || way == .killedBetween || way == .killedWithin, !run.hasPrefix("otel-botocore") {
            sent.shuffle(using: &random)
        }
        for request in sent {
            try road.append(request)
            if way == .sentTwice { try road.append(request) }
            if way == .killedBetween, Int.random(in: 0..<4, using: &random) == 0 { try road.kill() }
        }
        try road.end(crashAfter: way == .killedWithin ? Int.random(in: 1...12, using: &random) : nil)
        let found = try road.meaning()
        #expect(Set(found.spans.keys) == Set(expected.spans.keys))
        for (id, fields) in expected.spans {
            #expect(found.spans[id] == fields, "\(id)")
        }
        if way != .sentTwice { #expect(found.folded == expected.folded) }
    }
}
