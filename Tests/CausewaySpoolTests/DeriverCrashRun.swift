import CausewayPlatform
import TestSupport

@testable import CausewaySpool

/// A full disk took frames that would have had to be read again: what is derived from there on is not what it would have been.
struct Gap: Error {}

/// One history of a log with a deriver and a reader behind it, with crashes; after each of them everything derived is checked.
struct DeriverCrashRun {
    private var random: SeededRandom
    private(set) var disk = MemoryDisk()
    private let clock = TestClock()
    private var options = SpoolOptions()
    private var spool: SteppedSpool!
    private var toy: ToyDeriver?
    /// Frames of the receivers, in the order of the log, as they were when last seen.
    private var received: [UInt64: StoredFrame] = [:]
    private var derived: [UInt64: StoredFrame] = [:]
    /// Numbers that were acknowledged, and sequences that the reader was handed.
    private var acknowledged: Set<Int> = []
    private var delivered: Set<UInt64> = []
    private var nextNumber = 1
    private(set) var crashes = 0
    private(set) var story: [String] = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        options.maxBytes = chance(0.7) ? 8 << 20 : 3 << 19
        options.segmentBytes = 64 << 10
        options.keepBytes = chance(0.5) ? .max : int(0...2) * 100_000
        options.keepAge = .seconds(3600)
    }

    /// Work until the disk stops before operation `operation`, then one more life in which everything comes to its end.
    mutating func run(stoppingAt operation: Int, isKill: Bool) throws {
        disk.stop(at: operation)
        do { try live(steps: 40, isChecked: false) } catch  where !(error is Broken) {}
        crash(isKill: isKill)
        try settle()
    }

    /// Several lives, each ended by a crash at any operation.
    mutating func run() throws {
        for _ in 0..<int(2...5) {
            disk.stop(at: disk.operationCount + int(1...(chance(0.3) ? 60 : 500)))
            do {
                try live(steps: 60, isChecked: true)
            } catch  where disk.stopped != nil && !(error is Broken) && !(error is Gap) {
            }
            crash(isKill: chance(0.3))
        }
        try settle()
    }

    private mutating func crash(isKill: Bool) {
        crashes += 1
        story.append(isKill ? "kill" : "power loss")
        let stopped = disk.stopped ?? disk.kill()
        disk = isKill ? stopped : stopped.crash(using: &random)
        disk.setCapacity(.max)
        (spool, toy) = (nil, nil)
    }

    /// Without faults everything is derived in the end.
    private mutating func settle() throws {
        disk.stop(at: .max)
        try start()
        try check()
        append()
        while true {
            try toy!.read(maxBytes: .max)
            if toy!.undecided == 0 { break }
            try toy!.commit(.max)
        }
        try check()
        guard let last = received.keys.max(), toy!.deriver.mark.sequence >= last else { throw Broken("not everything is covered") }
        let backlog = spool.readers["backend"]!.reader.backlog().bytes
        try readAll()
        guard spool.readers["backend"]!.reader.backlog().bytes == 0 else { throw Broken("a backlog of \(backlog) bytes that is none") }
        let missing = Set(received.keys).union(derived.keys).subtracting(delivered)
        guard missing.isEmpty else { throw Broken("never handed to the reader: \(missing.sorted())") }
        spool.close()
    }

    private mutating func live(steps: Int, isChecked: Bool) throws {
        try start()
        if isChecked, disk.stopped == nil { try check() }
        for _ in 0..<steps where disk.stopped == nil {
            let isFaulty = isChecked && chance(0.15)
            if isFaulty { setFault() }
            try step()
            disk.setFault(nil)
            disk.setCapacity(.max)
            guard disk.peakBytes <= options.maxBytes else { throw Broken("\(disk.peakBytes) bytes were used, of \(options.maxBytes)") }
        }
        if isChecked, disk.stopped == nil { try check() }
    }

    private mutating func start() throws {
        story.append("start")
        spool = try SteppedSpool(disk, options: options, clock: clock)
        toy = ToyDeriver(try spool.deriver("toy"))
        if toy!.deriver.hasGap { throw Gap() }
        story.append(
            "mark \(toy!.deriver.mark.number) to \(toy!.deriver.mark.sequence), checkpoint \(toy!.deriver.checkpoint?.sequence ?? 0)"
        )
        _ = try spool.open("backend", start: .oldest)
    }

    private mutating func step() throws {
        switch int(0...9) {
        case 0...2: append()
        case 3...4:
            try? toy!.read(maxBytes: [1, 2000, .max][int(0...2)])
            story.append("read to \(toy!.deriver.position), \(toy!.known.frames) frames")
        case 5...6:
            let before = toy!.deriver.mark
            do throws(SpoolError) {
                try toy!.commit(int(1...6))
            } catch {
                story.append("commit failed: \(error)")
            }
            story.append("mark \(toy!.deriver.mark.number) to \(toy!.deriver.mark.sequence)")
            guard toy!.deriver.mark.sequence >= before.sequence else { throw Broken("a mark went back") }
        case 7:
            if chance(0.5) { try readAll() }
            spool.files.save(spool.readers["backend"]!.cursor)
        case 8:
            if chance(0.5) { try? spool.writer.seal() }
            if toy!.deriver.isCheckpointDue || chance(0.2) { try? toy!.saveCheckpoint() }
        default:
            if chance(0.3) { clock.advance(.seconds(1800)) }
            if disk.stopped == nil, (try? takeStock()) != nil {
                spool.files.expireHistory()
                story.append("expired to \(spool.files.catalog.with { $0.segments.first?.firstSequence ?? 0 })")
            }
        }
    }

    private mutating func append() {
        let drafts = (0..<int(1...3)).map { offset in
            FrameDraft.sample(
                nextNumber + offset,
                items: int(1...3),
                tenant: ["", "acme", "globex"][int(0...2)],
                bytes: chance(0.1) ? int(0...30_000) : int(0...900)
            )
        }
        let isAccepted = spool.append([drafts]) == [true]
        // What a mind that has crashed believes, nobody has heard.
        if isAccepted && disk.stopped == nil { acknowledged.formUnion(nextNumber..<nextNumber + drafts.count) }
        nextNumber += drafts.count
        story.append("append \(drafts.count) from \(nextNumber - drafts.count): \(isAccepted)")
        if disk.stopped == nil { _ = try? takeStock() }
    }

    private mutating func readAll() throws {
        let limit = toy!.deriver.mark.sequence
        guard let frames = try? spool.readers["backend"]!.reader.read(maxBytes: .max) else { return }
        for frame in frames {
            guard frame.sequence <= limit else { throw Broken("frame \(frame.sequence) was handed out, settled is \(limit)") }
            try spool.readers["backend"]!.reader.record(.delivered, of: [frame.all])
            if disk.stopped == nil { delivered.insert(frame.sequence) }
        }
    }

    // MARK: What is checked

    /// Takes note of the frames that are there.
    private mutating func takeStock() throws {
        for frame in try spool.frames() {
            if frame.flags.contains(.derived) { derived[frame.sequence] = frame } else { received[frame.sequence] = frame }
        }
    }

    private mutating func check() throws {
        received = received.filter { delivered.contains($0.key) || $0.key <= toy!.deriver.mark.sequence }
        derived = derived.filter { $0.key <= spool.files.catalog.with { $0.lastSequence } }
        try takeStock()
        let numbers = received.values.compactMap(\.number)
        guard Set(numbers).count == numbers.count else { throw Broken("a frame is there twice") }
        guard acknowledged.isSubset(of: numbers) else { throw Broken("lost: \(acknowledged.subtracting(numbers))") }
        var mind = ToyDeriver.Knowledge()
        var dueNotes: [UInt64: [NoteDraft]] = [:]
        var dueFrames: [[UInt8]] = []
        let mark = toy!.deriver.mark
        for (_, frame) in received.sorted(by: { $0.key < $1.key }) where frame.sequence <= mark.sequence {
            let decision = mind.take(frame)
            dueFrames += decision.frames.map(\.payload)
            for note in decision.notes { dueNotes[note.sequence, default: []].append(note) }
        }
        let found = derived.sorted { $0.key < $1.key }.map(\.value.payload)
        guard found == dueFrames else {
            throw Broken("derived: \(found.map(Self.text)), due: \(dueFrames.map(Self.text))")
        }
        for (_, frame) in derived where !frame.flags.contains(.derived) { throw Broken("a derived frame that is not marked as one") }
        let created = spool.files.catalog.with { $0.books.sum { $0.term == "created:toy" } }
        guard created == dueFrames.count else { throw Broken("the books say \(created) created, not \(dueFrames.count)") }
        for isIncludingLate in [false, true] {
            for frame in try spool.frames(wait: .settled(late: isIncludingLate)) {
                guard frame.sequence <= mark.sequence else { throw Broken("frame \(frame.sequence) is not settled") }
                let due = (dueNotes[frame.sequence] ?? []).map { "\($0.item) \(Self.text($0.payload))" }
                let notes = frame.notes.map { "\($0.item) \(Self.text($0.payload))" }
                // Whether a note is late depends on when the mark came; all of them together are always the same.
                let expected = isIncludingLate ? due : Array(due.prefix(notes.count))
                guard notes == expected else {
                    throw Broken("notes on \(frame.sequence): \(notes), not \(due)")
                }
                guard isIncludingLate || !frame.notes.contains(where: \.isLate) else { throw Broken("a late note that is not told apart") }
            }
        }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private mutating func setFault() {
        story.append(disk.setRandomFault(of: [5, 28, 30], using: &random))
    }

    private mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &random) < probability }

    private mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
}
