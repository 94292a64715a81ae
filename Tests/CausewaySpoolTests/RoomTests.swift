import CausewayPlatform
import Synchronization
import TestSupport
import Testing

@testable import CausewaySpool

/// Who gives way when there is no room, in which order, and what is said about it.
struct RoomTests {
    private let disk = MemoryDisk()
    private var options = SpoolOptions()
    private let lastRefusal = Refusal()

    private final class Refusal: Sendable {
        private let text = Mutex("")
        func withLock(_ body: (inout String) -> Void) { text.withLock { body(&$0) } }
        var last: String { text.withLock { $0 } }
    }

    init() { options.maxBytes = 2 << 20 }

    private func numbers(_ reader: LogReader) throws -> [Int?] {
        var all: [Int?] = []
        while true {
            let frames = try reader.read(maxBytes: .max)
            if frames.isEmpty { return all }
            all += frames.map(\.number)
        }
    }

    /// Reads and settles whatever is there.
    private func pass(_ reader: LogReader, as outcome: Outcome = .delivered) throws {
        while true {
            let frames = try reader.read(maxBytes: .max)
            if frames.isEmpty { return }
            try reader.record(outcome, of: frames.map(\.all))
        }
    }

    /// Appends until `count` frames are in or one is refused; returns how many are. `healthy` keeps up.
    private func fill(_ spool: Spool, _ count: Int, healthy: LogReader? = nil, as outcome: Outcome = .delivered) throws -> Int {
        for number in 1...count {
            for attempt in 0... {
                do throws(SpoolError) {
                    try spool.appendAndWait([.sample(number, items: 2, tenant: "acme", bytes: 50_000)])
                    break
                } catch {
                    // The cursor of the one that keeps up is saved a moment later.
                    if healthy == nil || attempt == 250 {
                        lastRefusal.withLock { $0 = "\(error)" }
                        return number - 1
                    }
                    pause(.milliseconds(2))
                    // As a destination does that is woken.
                    _ = healthy?.backlog()
                }
            }
            if let healthy { try pass(healthy, as: outcome) }
            #expect(disk.usedBytes <= options.maxBytes)
        }
        return count
    }

    private func evicted(_ spool: Spool, _ name: String) -> [String: Int] {
        var found: [String: Int] = [:]
        for (key, count) in spool.status().readers[name]?.counts ?? [:] where key.term.hasPrefix("evicted:") {
            found[String(key.term.dropFirst(8)), default: 0] += count
        }
        return found
    }

    @Test func `a dead destination gives way to what another has delivered, on its books and on the ledger`() throws {
        let spool = try Spool.onMemory(disk, options: options)
        let healthy = try spool.reader("healthy", start: .oldest)
        let dead = try spool.reader("dead", start: .oldest)
        #expect(try fill(spool, 80, healthy: healthy) == 80)
        #expect(spool.status().pending("healthy") == 0)
        let lost = evicted(spool, "dead")
        #expect(lost.keys.sorted() == ["backlog"])
        let left = try numbers(dead)
        #expect(left == Array((80 - left.count + 1)...80))
        #expect(lost["backlog"] == 160 - 2 * left.count)
        spool.close()

        let audit = SpoolAudit(try SpoolInspection(directory: "/data", depth: .everything, disk: disk))
        #expect(audit.isBalanced, "\(audit.imbalances)")
        let said = audit.ledger.map(\.entry).filter { $0.reader == "dead" && $0.reason == "backlog" }
        // The oldest entries have gone with the history they stood in; the sums in the books stay.
        #expect(!said.isEmpty && said.reduce(0) { $0 + $1.items.sum() } <= lost["backlog"]!)
        #expect(said.last.map { $0.lastSequence } ?? 0 > (said.first?.firstSequence ?? 0))
        #expect(said.allSatisfy { $0.firstReceivedNanoseconds > 0 && $0.items.counts.keys.allSatisfy { $0.tenant == "acme" } })
    }

    @Test func `below its max_backlog a destination keeps what it has not had, and new data are refused`() throws {
        let spool = try Spool.onMemory(disk, options: options)
        let healthy = try spool.reader("healthy", start: .oldest)
        _ = try spool.reader("dead", start: .oldest, rules: ReaderRules(maxBacklog: 4 << 20))
        let accepted = try fill(spool, 60, healthy: healthy)
        #expect((25..<45).contains(accepted))
        #expect(evicted(spool, "dead") == [:])
        spool.close()
    }

    @Test(arguments: [SpoolOptions.WhenFull.refuse, .dropOldest])
    func `a required destination never gives way`(_ whenFull: SpoolOptions.WhenFull) throws {
        var options = self.options
        options.whenFull = whenFull
        let spool = try Spool.onMemory(disk, options: options)
        let healthy = try spool.reader("healthy", start: .oldest)
        let dead = try spool.reader("dead", start: .oldest, rules: ReaderRules(isRequired: true, maxBacklog: 0))
        let accepted = try fill(spool, 60, healthy: healthy)
        #expect((25..<45).contains(accepted))
        #expect(try numbers(dead) == Array(1...accepted))
        spool.close()
    }

    @Test(arguments: [Outcome.filtered(rule: "signals"), .rejected(reason: "no")])
    func `what no destination has is not given up by max_backlog`(_ outcome: Outcome) throws {
        let spool = try Spool.onMemory(disk, options: options)
        let other = try spool.reader("other", start: .oldest)
        let dead = try spool.reader("dead", start: .oldest, rules: ReaderRules(maxBacklog: 0))
        let accepted = try fill(spool, 60, healthy: other, as: outcome)
        #expect((25..<45).contains(accepted))
        #expect(try numbers(dead) == Array(1...accepted))
        spool.close()
    }

    @Test func `drop_oldest makes every destination that is not required give way`() throws {
        var options = self.options
        options.whenFull = .dropOldest
        let spool = try Spool.onMemory(disk, options: options)
        let one = try spool.reader("one", start: .oldest)
        _ = try spool.reader("two", start: .oldest)
        #expect(try fill(spool, 70) == 70, "\(lastRefusal.last)")
        let left = try numbers(one)
        #expect(left.last == 70)
        #expect(evicted(spool, "one") == ["full": 140 - 2 * left.count])
        #expect(evicted(spool, "two") == evicted(spool, "one"))
        spool.close()
        #expect(SpoolAudit(try SpoolInspection(directory: "/data", depth: .everything, disk: disk)).isBalanced)
    }

    @Test func `a frame that is given up on its way has one outcome`() throws {
        var options = self.options
        options.whenFull = .dropOldest
        let spool = try Spool.onMemory(disk, options: options)
        let reader = try spool.reader("slow", start: .oldest)
        try spool.appendAndWait([.sample(0, items: 2)])
        let inFlight = try reader.read(maxBytes: .max)
        #expect(try fill(spool, 60) == 60)
        try reader.record(.delivered, of: inFlight.map { ItemRange(sequence: $0.sequence, first: 0, count: 1) })
        try reader.record(.delivered, of: inFlight.map { ItemRange(sequence: $0.sequence, first: 1, count: 1) })
        reader.giveBack(inFlight)
        try pass(reader)
        #expect(spool.status().pending("slow") == 0)
        #expect(spool.status().readers["slow"]?.sum() == 122)
        spool.close()
    }

    @Test func `a parked cursor gives way like an open one`() throws {
        let first = try Spool.onMemory(disk, options: options)
        _ = try first.reader("gone", start: .oldest)
        let accepted = try fill(first, 25)
        #expect(accepted == 25)
        first.close()
        let spool = try Spool.onMemory(disk, options: options)
        let healthy = try spool.reader("healthy", start: .oldest)
        try pass(healthy)
        #expect(try fill(spool, 60, healthy: healthy) == 60)
        let back = try spool.reader("gone", start: .oldest)
        #expect((evicted(spool, "gone")["backlog"] ?? 0) > 0)
        try pass(back)
        #expect(spool.status().pending("gone") == 0)
        spool.close()
    }

    @Test func `a floor of free space is kept on the disk, and what is there is still delivered`() throws {
        var options = self.options
        options.minFreeBytes = 300_000
        let spool = try Spool.onMemory(disk, options: options)
        disk.setCapacity(1_200_000)
        let reader = try spool.reader("backend", start: .oldest)
        let accepted = try fill(spool, 60)
        #expect((8..<20).contains(accepted))
        #expect(try disk.freeBytes("/data/log") >= 300_000)
        guard case .full(let reason) = spool.status().refusal else { return #expect(Bool(false), "no reason") }
        #expect(reason.contains("spool.min_free"))
        #expect(try numbers(reader) == Array(1...accepted))
        disk.setCapacity(.max)
        try spool.appendAndWait([.sample(100)])
        spool.close()
    }

    @Test func `on a disk that is smaller than the segments were to be, what has been delivered gives way`() throws {
        var options = self.options
        (options.maxBytes, options.segmentBytes) = (1 << 30, 32 << 20)
        disk.setCapacity(1_600_000)
        let spool = try Spool.onMemory(disk, options: options)
        let healthy = try spool.reader("healthy", start: .oldest)
        #expect(try fill(spool, 60, healthy: healthy) == 60, "\(lastRefusal.last)")
        spool.close()
    }

    @Test func `the newest segment goes too, when everybody has had it and nothing else fits`() throws {
        let spool = try Spool.onMemory(disk, options: options)
        let reader = try spool.reader("backend", start: .oldest)
        #expect(try fill(spool, 2, healthy: reader) == 2)
        #expect(spool.status().segments == 1)
        disk.setCapacity(disk.usedBytes)
        #expect(try fill(spool, 2, healthy: reader) == 2, "\(lastRefusal.last)")
        spool.close()
        let inspected = try SpoolInspection(directory: "/data", depth: .everything, disk: disk)
        let audit = SpoolAudit(inspected)
        #expect(audit.isBalanced && audit.ledger.isEmpty, "\(audit.imbalances)")
    }

    @Test func `max_age gives up what is older, delivered or not`() throws {
        var options = self.options
        options.maxAge = .seconds(3600)
        options.segmentBytes = 64 << 10
        let clock = TestClock()
        let spool = try SteppedSpool(disk, options: options, clock: clock)
        let cursor = try spool.open("backend", start: .oldest)
        func draft(_ number: Int) -> FrameDraft {
            var draft = FrameDraft.sample(number, items: 3, bytes: 30_000)
            draft.receivedNanoseconds = clock.wallNanoseconds()
            return draft
        }
        for number in 1...6 { #expect(spool.append([[draft(number)]]) == [true]) }
        clock.advance(.seconds(4000))
        for number in 7...9 { #expect(spool.append([[draft(number)]]) == [true]) }
        spool.writer.expireByAge()
        #expect(try spool.frames(from: cursor).compactMap(\.number).first! > 4)
        let moved = spool.readers["backend"]!.cursor.shared.with { $0 }
        #expect(moved.totals.sum { $0.term == "evicted:age" } >= 12)
        spool.close()
    }

    @Test func `on a disk that is full to the last byte the loss is still said, and comes to the log later`() throws {
        let spool = try Spool.onMemory(disk, options: options)
        #expect(try fill(spool, 20) == 20)
        // Nothing can be written at all, not even where the reserve was.
        disk.setFault { _, operation, path in operation == "write" && path.hasSuffix(".seg") ? .error(28) : nil }
        #expect(throws: SpoolError.self) { try spool.appendAndWait([.sample(21, bytes: 50_000)]) }
        let entries = EmergencyLedger.entries(disk: disk, paths: SpoolPaths(directory: "/data"), logID: spool.identity.logID)
        #expect(!entries.isEmpty)
        let said = entries.compactMap { LedgerEntry(payload: $0.payload) }
        #expect(said.allSatisfy { $0.reason == "no_reader" && $0.items.sum() > 0 })
        let inspected = try SpoolInspection(directory: "/data", depth: .everything, disk: disk)
        #expect(inspected.ledger.map(\.entry) == said)
        disk.setFault(nil)
        spool.nudge()
        try spool.appendAndWait([.sample(22)])
        try spool.appendAndWait([.sample(23)])
        #expect(spool.status().books.sum { $0.term == "evicted:no_reader" } == said.reduce(0) { $0 + $1.items.sum() })
        spool.close()
        #expect(EmergencyLedger.entries(disk: disk, paths: SpoolPaths(directory: "/data"), logID: spool.identity.logID).isEmpty)
    }

    @Test func `an emergency entry that was carried over before a crash is not carried over twice`() throws {
        let spool = try SteppedSpool(disk, options: options, clock: TestClock())
        #expect(spool.append([[.sample(1, items: 5)]]) == [true])
        let entry = LedgerEntry(term: "evicted", reason: "no_reader", sequences: 1...1, receivedNanoseconds: 1...1, items: Totals(one: 5))
        #expect(spool.files.emergency.append(entry.payload, lastSequence: 2))
        disk.setFault { _, operation, path in operation == "write" && path.hasSuffix("ledger.emergency") ? .error(5) : nil }
        spool.writer.carryOverEmergency()
        disk.setFault(nil)
        let again = try SteppedSpool(disk.kill(), options: options, clock: TestClock())
        #expect(again.files.catalog.with { $0.books.sum { $0.term == "evicted:no_reader" } } == 5)
        #expect(again.files.emergency.entries.isEmpty)
    }

    @Test func `the ledger names some of the traces that have lost something`() throws {
        var options = self.options
        options.whenFull = .dropOldest
        let traces: TraceFinder = { _, payload, _ in [[UInt8](payload.prefix(8))] }
        let spool = try Spool(directory: "/data", options: options, disk: disk, clock: TestClock(), traces: traces) {}
        _ = try spool.reader("backend", start: .oldest)
        #expect(try fill(spool, 50) == 50, "\(lastRefusal.last)")
        spool.close()
        let entries = try SpoolInspection(directory: "/data", depth: .everything, disk: disk).ledger.map(\.entry)
        #expect(entries.first?.traceIDs.first == [UInt8]("frame 1 ".utf8))
        #expect(entries.allSatisfy { !$0.traceIDs.isEmpty && $0.traceIDs.count <= LedgerEntry.maxTraceIDs })
    }

    @Test func `everything in the directory counts, whoever has put it there`() throws {
        disk.place([UInt8](repeating: 1, count: 900_000), at: "/data/log/notes.txt")
        disk.place([UInt8](repeating: 1, count: 500_000), at: "/data/quarantine/damaged/x")
        let spool = try Spool.onMemory(disk, options: options)
        _ = try spool.reader("backend", start: .oldest)
        let accepted = try fill(spool, 60)
        #expect((5..<13).contains(accepted))
        spool.close()
    }

    @Test func `a reader gives nothing up that is not saved as given up`() throws {
        var options = self.options
        options.whenFull = .dropOldest
        let spool = try SteppedSpool(disk, options: options, clock: TestClock())
        _ = try spool.open("backend", start: .oldest)
        var number = 0
        func append() -> Bool {
            number += 1
            return spool.append([[.sample(number, items: 2, bytes: 50_000)]]) == [true]
        }
        disk.setFault { _, operation, path in operation == "sync" && path.contains("cursors") ? .error(5) : nil }
        while number < 100, append() {}
        #expect(number < 100, "without the save there is no room")
        #expect(spool.readers["backend"]!.cursor.shared.with { $0.totals.counts.isEmpty })
        #expect(try spool.readers["backend"]!.reader.read(maxBytes: 1).map(\.number) == [1])
        disk.setFault(nil)
        #expect(append())
        #expect(spool.readers["backend"]!.cursor.shared.with { $0.totals.sum { $0.term == "evicted:full" } } > 0)
        spool.close()
        #expect(SpoolAudit(try SpoolInspection(directory: "/data", depth: .everything, disk: disk)).isBalanced)
    }

    @Test func `what had to go before it was answered for is in the books, whenever the power fails`() throws {
        var random = SeededRandom(seed: 2894)
        var isGivenUp = false
        for operation in 1... {
            let disk = MemoryDisk()
            let spool = try SteppedSpool(disk, options: Self.small, clock: TestClock())
            #expect(spool.append([[.sample(1, items: 3, bytes: 20_000)]]) == [true])
            // The third segment cannot be begun for want of room: the first one goes for it, which the first group has just come to.
            let begun = Counter()
            disk.setFault { _, operation, _ in operation == "fsync directory" && begun.next() == 2 ? .error(122) : nil }
            disk.stop(at: disk.operationCount + operation)
            let groups: [FrameDraft] = [
                .sample(2, items: 5, bytes: 20_000), .sample(3, items: 7, bytes: 50_000), .sample(4, bytes: 50_000),
            ]
            #expect(spool.append(groups.map { [$0] }) == [true, true, true])
            guard let stopped = disk.stopped else { break }
            for _ in 0..<4 {
                let again = try SteppedSpool(stopped.crash(using: &random), options: Self.small, clock: TestClock())
                let (books, frames) = (again.files.catalog.with { $0.books }, try again.frames())
                let evicted = books.sum { $0.term.hasPrefix("evicted:") }
                // What is on the ledger can be there once more, where its removal was not durable.
                let said = frames.contains { $0.number == 1 } ? 0 : evicted
                #expect(books.items.sum() == frames.reduce(said) { $0 + $1.items }, "operation \(operation)")
                isGivenUp = isGivenUp || (said == 8 && !frames.contains { $0.number == 2 })
            }
        }
        #expect(isGivenUp, "it has been so")
    }

    private static let small: SpoolOptions = {
        var options = SpoolOptions()
        options.segmentBytes = 64 << 10
        options.reserveBytes = 0
        return options
    }()
}

extension Totals {
    /// Items of the default tenant and signal 1.
    init(one count: Int) {
        self.init()
        add(count, to: Key(tenant: "", signal: 1, term: "from_receivers"))
    }
}
