import Foundation
import TestSupport
import Testing

@testable import CausewaySpool

/// What those who derive from the log can rely on.
struct DeriverTests {
    private func spool(_ disk: MemoryDisk = MemoryDisk()) throws -> SteppedSpool {
        try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
    }

    @Test func `with nobody who settles, readers read to the end of the log`() throws {
        let spool = try spool()
        _ = try spool.open("backend", start: .oldest)
        _ = spool.append([[.sample(1)], [.sample(2)]])
        #expect(try spool.readers["backend"]!.reader.read(maxBytes: .max).map(\.number) == [1, 2])
    }

    @Test func `readers stop at the mark, with a backlog that ends there, and go on when it moves`() throws {
        let spool = try spool()
        let deriver = try spool.deriver("settle")
        _ = try spool.open("backend", start: .oldest)
        let reader = spool.readers["backend"]!.reader
        _ = spool.append([[.sample(1, bytes: 100)], [.sample(2, bytes: 50)], [.sample(3, bytes: 30)]])
        #expect(try reader.read(maxBytes: .max) == [])
        #expect(reader.backlog().bytes == 0)
        let frames = try deriver.read(maxBytes: .max)
        try deriver.commit(upTo: frames[1].sequence)
        #expect(reader.backlog().bytes == 150)
        #expect(try reader.read(maxBytes: .max).map(\.number) == [1, 2])
        #expect(reader.backlog().bytes == 0)
        #expect(try spool.frames(wait: .none).map(\.number) == [1, 2, 3])
        try deriver.commit(upTo: deriver.position)
        #expect(try reader.read(maxBytes: .max).map(\.number) == [3])
        #expect(reader.backlog().bytes == 0)
    }

    @Test func `a deriver that does not settle holds nobody back`() throws {
        let spool = try spool()
        _ = try spool.deriver("metrics", settles: false)
        _ = try spool.open("backend", start: .oldest)
        _ = spool.append([[.sample(1)]])
        #expect(try spool.readers["backend"]!.reader.read(maxBytes: .max).map(\.number) == [1])
    }

    @Test func `a frame comes with its notes, and a late one is told apart`() throws {
        let spool = try spool()
        let deriver = try spool.deriver("settle")
        _ = spool.append([[.sample(1, items: 3)], [.sample(2)]])
        let frames = try deriver.read(maxBytes: .max)
        let first = frames[0].sequence
        try deriver.commit(upTo: first, notes: [NoteDraft(sequence: first, item: 2, payload: [1, 2, 3])])
        try deriver.commit(upTo: frames[1].sequence, notes: [NoteDraft(sequence: first, item: 0, payload: [])])
        let onTime = try spool.frames(wait: .settled(late: false))
        #expect(onTime.map { $0.notes.map(\.payload) } == [[[1, 2, 3]], []])
        #expect(onTime[0].notes.map(\.item) == [2] && onTime[0].notes.map(\.isLate) == [false])
        let all = try spool.frames(wait: .settled(late: true))
        #expect(all[0].notes.map(\.item) == [2, 0] && all[0].notes.map(\.isLate) == [false, true])
        #expect(try spool.frames(wait: .none).allSatisfy { $0.notes.isEmpty })
        #expect(try spool.files.lateNotes(after: 0).map(\.item) == [0])
        #expect(try spool.files.lateNotes(after: deriver.mark.number) == [])
    }

    @Test func `a frame given back comes again with its notes`() throws {
        let spool = try spool()
        let deriver = try spool.deriver("settle")
        _ = try spool.open("backend", start: .oldest)
        _ = spool.append([[.sample(1)]])
        let frame = try deriver.read(maxBytes: .max)[0]
        try deriver.commit(upTo: frame.sequence, notes: [NoteDraft(sequence: frame.sequence, item: 0, payload: [7])])
        let reader = spool.readers["backend"]!.reader
        let frames = try reader.read(maxBytes: .max)
        reader.giveBack(frames)
        #expect(try reader.read(maxBytes: .max) == frames && frames[0].notes.map(\.payload) == [[7]])
    }

    @Test func `who settles reads again what it had noted, as destinations were told it, and nothing of what was late or is not covered`()
        throws
    {
        let disk = MemoryDisk()
        var spool = try spool(disk)
        var deriver = try spool.deriver("settle")
        _ = spool.append([[.sample(1)], [.sample(2)], [.sample(3)]])
        let frames = try deriver.read(maxBytes: .max)
        let (first, second) = (frames[0].sequence, frames[1].sequence)
        #expect(frames.allSatisfy { $0.notes.isEmpty })
        try deriver.commit(upTo: first, notes: [NoteDraft(sequence: first, item: 0, payload: [1])])
        try deriver.commit(
            upTo: second,
            notes: [NoteDraft(sequence: first, item: 0, payload: [2]), NoteDraft(sequence: second, item: 0, payload: [3])]
        )
        spool = try self.spool(disk.kill())
        deriver = try spool.deriver("settle")
        #expect(try deriver.read(maxBytes: .max).map { $0.notes.map(\.payload) } == [[[1]], [[3]], []])
    }

    @Test func `a new deriver that starts now covers what is there, and loses nothing that comes before its first mark`() throws {
        let disk = MemoryDisk()
        var spool = try spool(disk)
        _ = spool.append([[.sample(1)]])
        _ = try spool.deriver("settle", start: .now)
        _ = spool.append([[.sample(2)]])
        spool = try self.spool(disk.kill())
        let deriver = try spool.deriver("settle", start: .now)
        #expect(try deriver.read(maxBytes: .max).filter { $0.sequence > deriver.mark.sequence }.map(\.number) == [2])
    }

    @Test func `a mark holds when all segments with marks have been given up`() throws {
        let disk = MemoryDisk()
        var options = SpoolOptions()
        options.keepBytes = 0
        var spool = try SteppedSpool(disk, options: options, clock: TestClock())
        let deriver = try spool.deriver("settle")
        _ = try spool.open("backend", start: .oldest)
        for number in 1...4 {
            _ = spool.append([[.sample(number)]])
            let frames = try deriver.read(maxBytes: .max)
            if number <= 2 { try deriver.commit(upTo: frames.last!.sequence, payload: [UInt8(number)]) }
            let read = try spool.readers["backend"]!.reader.read(maxBytes: .max)
            for frame in read { try spool.readers["backend"]!.reader.record(.delivered, of: [frame.all]) }
            spool.files.save(spool.readers["backend"]!.cursor)
            try spool.writer.seal()
        }
        try deriver.save([], version: 1, upTo: deriver.mark.sequence)
        spool.files.expireHistory()
        #expect(try spool.frames().compactMap(\.number) == [3, 4])
        spool.close()
        spool = try SteppedSpool(disk.kill(), options: options, clock: TestClock())
        let again = try spool.deriver("settle")
        #expect(again.mark == deriver.mark && again.mark.payload == [2])
        #expect(try again.read(maxBytes: .max).compactMap(\.number) == [3, 4])
    }

    @Test func `what is not derived yet is not given up as history, nor is what a restart would read again`() throws {
        var options = SpoolOptions()
        options.keepBytes = 0
        let spool = try SteppedSpool(MemoryDisk(), options: options, clock: TestClock())
        let deriver = try spool.deriver("metrics", settles: false)
        _ = try spool.open("backend", start: .oldest)
        for number in 1...4 {
            _ = spool.append([[.sample(number)]])
            for frame in try spool.readers["backend"]!.reader.read(maxBytes: .max) {
                try spool.readers["backend"]!.reader.record(.delivered, of: [frame.all])
            }
            try spool.writer.seal()
        }
        spool.files.save(spool.readers["backend"]!.cursor)
        spool.files.expireHistory()
        #expect(try spool.frames().compactMap(\.number) == [1, 2, 3, 4])
        let frames = try deriver.read(maxBytes: .max)
        try deriver.commit(upTo: frames[2].sequence)
        try deriver.save([], version: 1, upTo: frames[0].sequence)
        spool.files.expireHistory()
        #expect(try spool.frames().compactMap(\.number) == [2, 3, 4])
        try deriver.save([], version: 1, upTo: frames[2].sequence)
        spool.files.expireHistory()
        #expect(try spool.frames().compactMap(\.number) == [4])
    }

    @Test func `notes go with their segment, and are counted as long as they are there`() throws {
        let disk = MemoryDisk()
        var options = SpoolOptions()
        options.keepBytes = 0
        let spool = try SteppedSpool(disk, options: options, clock: TestClock())
        let deriver = try spool.deriver("settle")
        _ = try spool.open("backend", start: .oldest)
        _ = spool.append([[.sample(1)]])
        let frame = try deriver.read(maxBytes: .max)[0]
        let before = spool.files.catalog.with { $0.usedBytes }
        try deriver.commit(
            upTo: frame.sequence,
            notes: [NoteDraft(sequence: frame.sequence, item: 0, payload: [UInt8](repeating: 1, count: 5000))]
        )
        #expect(spool.files.catalog.with { $0.usedBytes } > before + 5000)
        #expect(disk.paths().contains("/data/log/00000000000000000001.notes"))
        for frame in try spool.readers["backend"]!.reader.read(maxBytes: .max) {
            try spool.readers["backend"]!.reader.record(.delivered, of: [frame.all])
        }
        spool.files.save(spool.readers["backend"]!.cursor)
        try spool.writer.seal()
        _ = spool.append([[.sample(2)]])
        try deriver.save([], version: 1, upTo: deriver.mark.sequence)
        spool.files.expireHistory()
        #expect(disk.paths().filter { $0.hasSuffix(".notes") } == [])
        #expect(spool.files.catalog.with { $0.noteBytes } == 0)
    }

    @Test func `the next start removes notes that belong to no segment, and leaves those of another log alone`() throws {
        let disk = MemoryDisk()
        var spool = try spool(disk)
        _ = spool.append([[.sample(1)]])
        let logID = spool.files.identity.logID
        spool.close()
        let head = { (id: UInt64) in NotesFile.head(logID: id, segment: 77, deriver: "settle", wallNanoseconds: 0) }
        disk.place(head(logID), at: "/data/log/00000000000000000077.notes")
        disk.place(head(logID &+ 1), at: "/data/log/00000000000000000078.notes")
        spool = try self.spool(disk.kill())
        #expect(spool.files.disk is MemoryDisk)
        #expect((spool.files.disk as? MemoryDisk)?.paths().filter { $0.hasSuffix(".notes") } == ["/data/log/00000000000000000078.notes"])
    }

    @Test(arguments: [0, 8, 20, 24, 40])
    func `a checkpoint that does not hold is ignored, and its frames are read again`(offset: Int) throws {
        let disk = MemoryDisk()
        var spool = try spool(disk)
        var toy = ToyDeriver(try spool.deriver("toy"))
        _ = spool.append((1...9).map { [.sample($0, items: 2, tenant: "acme")] })
        try toy.read(maxBytes: .max)
        try toy.commit(9)
        try toy.saveCheckpoint()
        let known = toy.known
        spool.close()
        let path = "/data/state/toy"
        var bytes = try #require(disk.contents(of: path))
        spool = try self.spool(disk.kill())
        toy = ToyDeriver(try spool.deriver("toy"))
        #expect(toy.deriver.checkpoint != nil && toy.known == known)
        spool.close()
        bytes[offset] ^= 1
        let damaged = disk.kill()
        damaged.place(bytes, at: path)
        spool = try self.spool(damaged)
        toy = ToyDeriver(try spool.deriver("toy"))
        #expect(toy.deriver.checkpoint == nil)
        try toy.read(maxBytes: .max)
        #expect(toy.known == known && toy.due == [])
    }

    @Test func `notes written for a mark that failed do not count, whatever is committed afterwards`() throws {
        for failing in 1...30 {
            let disk = MemoryDisk()
            var spool = try spool(disk)
            var deriver = try spool.deriver("settle")
            _ = spool.append([[.sample(1)], [.sample(2)]])
            let frames = try deriver.read(maxBytes: .max)
            let first = disk.operationCount
            disk.setFault { operation, _, _ in operation >= first + failing ? .error(5) : nil }
            let note = NoteDraft(sequence: frames[0].sequence, item: 0, payload: [UInt8]("void".utf8))
            let hasFailed = (try? deriver.commit(upTo: frames[0].sequence, notes: [note])) == nil
            disk.setFault(nil)
            if !hasFailed { break }
            #expect(try spool.frames(wait: .settled(late: true)) == [])
            try deriver.commit(upTo: frames[1].sequence)
            #expect(try spool.frames(wait: .settled(late: true)).flatMap(\.notes) == [], "operation \(failing)")
            spool = try self.spool(disk.kill())
            deriver = try spool.deriver("settle")
            #expect(try spool.frames(wait: .settled(late: true)).flatMap(\.notes) == [], "operation \(failing)")
        }
    }

    @Test func `a mark that a crash brings back has its notes`() throws {
        let disk = MemoryDisk()
        let spool = try spool(disk)
        let deriver = try spool.deriver("settle")
        _ = spool.append([[.sample(1)], [.sample(2)]])
        let frames = try deriver.read(maxBytes: .max)
        // The group is on the disk, and neither known to be durable nor taken back.
        disk.setFault { _, operation, path in
            path.hasSuffix(".seg") && ["sync", "truncate"].contains(operation) ? .error(5) : nil
        }
        let note = NoteDraft(sequence: frames[0].sequence, item: 0, payload: [UInt8]("kept".utf8))
        #expect(throws: SpoolError.self) { try deriver.commit(upTo: frames[0].sequence, notes: [note]) }
        #expect(throws: SpoolError.self) { try deriver.commit(upTo: frames[1].sequence) }
        let again = try self.spool(disk.kill())
        let mark = try again.deriver("settle").mark
        #expect(mark.number == 2)
        #expect(try again.frames(wait: .settled(late: true)).flatMap { $0.notes.map(\.payload) } == [note.payload])
    }

    @Test func `a reader does not hold on to notes that were taken back`() throws {
        let disk = MemoryDisk()
        let spool = try spool(disk)
        let deriver = try spool.deriver("settle")
        _ = try spool.open("backend", start: .oldest)
        let reader = spool.readers["backend"]!.reader
        _ = spool.append([[.sample(1)], [.sample(2)]])
        let frames = try deriver.read(maxBytes: .max)
        let note = { (index: Int, text: String) in
            NoteDraft(sequence: frames[index].sequence, item: 0, payload: [UInt8](text.utf8))
        }
        try deriver.commit(upTo: frames[0].sequence, notes: [note(0, "first")])
        disk.setFault { _, operation, path in operation == "write" && path.hasSuffix(".seg") ? .error(5) : nil }
        #expect(throws: SpoolError.self) { try deriver.commit(upTo: frames[1].sequence, notes: [note(1, "void")]) }
        disk.setFault(nil)
        // The bytes of the one that failed are read ahead here.
        #expect(try reader.read(maxBytes: .max).flatMap { $0.notes.map(\.payload) } == [note(0, "first").payload])
        try deriver.commit(upTo: frames[1].sequence, notes: [note(1, "real")])
        #expect(try reader.read(maxBytes: .max).flatMap { $0.notes.map(\.payload) } == [note(1, "real").payload])
    }

    @Test(arguments: [false, true])
    func `everything is derived exactly once, whichever operation is the last before a crash`(isKill: Bool) throws {
        // Every operation where the time is taken for it.
        let step = ProcessInfo.processInfo.environment["CRASH_SEEDS"] == nil ? 9 : 1
        for seed in 1...2 as ClosedRange<UInt64> {
            var whole = DeriverCrashRun(seed: seed)
            try whole.run(stoppingAt: .max, isKill: true)
            for operation in stride(from: 1, through: whole.disk.operationCount, by: step) {
                var run = DeriverCrashRun(seed: seed)
                do {
                    try run.run(stoppingAt: operation, isKill: isKill)
                } catch {
                    Issue.record("seed \(seed), operation \(operation): \(error)")
                    return
                }
            }
        }
    }

    @Test func `no history of crashes and faults derives anything twice, or not at all`() throws {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["CRASH_FIRST_SEED"].flatMap { UInt64($0) } ?? 1
        let count = environment["CRASH_SEEDS"].flatMap { UInt64($0) } ?? 20
        let isTold = environment["CRASH_STORY"] != nil
        var broken = 0
        var gaps: UInt64 = 0
        for seed in first..<first + count {
            var run = DeriverCrashRun(seed: seed)
            do {
                try run.run()
            } catch is Gap {
                gaps += 1
            } catch {
                broken += 1
                Issue.record("seed \(seed): \(error)\(isTold ? "\n" + run.story.joined(separator: "\n") : "")")
                if broken == 5 { break }
            }
        }
        #expect(gaps * 8 <= count + 16, "a crash hardly ever comes between making room for a checkpoint and writing it")
        print("derivers: \(count) histories from seed \(first), \(broken) broken, \(gaps) with a gap")
    }

    @Test func `a place in a segment that was written anew counts as a whole, or not at all, until it is read there`() throws {
        let place = LogPlace(segment: 1, generation: 0, bytes: 300, sequence: 4)
        func state(generation: Int, payloadBytes: Int, last: UInt64) -> Catalog.State {
            var state = Catalog().with { $0 }
            for first in [UInt64(1), 11] {
                state.segments.append(
                    SegmentInfo(
                        path: "",
                        firstSequence: first,
                        lastSequence: first + 9,
                        lastItemSequence: first == 1 ? last : 20,
                        readableBytes: 0,
                        fileBytes: 0,
                        payloadBytes: first == 1 ? payloadBytes : 50,
                        books: Totals(),
                        firstReceivedNanoseconds: 0,
                        lastReceivedNanoseconds: 0,
                        generation: first == 1 ? generation : 0,
                        isClosed: true
                    )
                )
            }
            return state
        }
        let same = state(generation: 0, payloadBytes: 1000, last: 9)
        #expect(same.payloadBytes(behind: place) == 750 && same.payloadBytes(behind: place, atLeast: true) == 750)
        let compressed = state(generation: 1, payloadBytes: 200, last: 9)
        #expect(compressed.payloadBytes(behind: place) == 250, "rather too many, for who asks what is ahead")
        #expect(compressed.payloadBytes(behind: place, atLeast: true) == 50, "rather too few, for who asks what is not settled")
        let passed = state(generation: 1, payloadBytes: 200, last: 4)
        #expect(passed.payloadBytes(behind: place) == 50, "nothing of it lies behind the place")
        var gone = same
        gone.segments.removeFirst()
        #expect(gone.payloadBytes(behind: place) == 50)
    }

    @Test func `with its segment written anew, a reader's backlog never hides what is settled and not read`() throws {
        var options = SpoolOptions()
        options.segmentBytes = 64 << 10
        options.keepBytes = .max
        let clock = TestClock()
        let spool = try SteppedSpool(MemoryDisk(), options: options, clock: clock)
        let deriver = try spool.deriver("settle")
        _ = try spool.open("backend", start: .oldest)
        for number in 1...40 { #expect(spool.append([[.sample(number, bytes: 5000)]]) == [true]) }
        let reader = spool.readers["backend"]!.reader
        var read: [Int?] = []
        for upTo in [5, 9, 20, 33, 40] {
            while deriver.position < UInt64(upTo) { _ = try deriver.read(maxBytes: 1) }
            try deriver.commit(upTo: deriver.position)
            if upTo == 9 {
                _ = spool.maintenance.step()
                clock.advance(.seconds(301))
                while spool.maintenance.step() {}
                #expect(spool.files.catalog.with { $0.maintenance.segments } > 0)
            }
            while reader.backlog().bytes > 0 {
                let frames = try reader.read(maxBytes: 1)
                guard !frames.isEmpty else { break }
                read += frames.map(\.number)
                try reader.record(.delivered, of: frames.map(\.all))
            }
            let settled = spool.files.catalog.with { $0.settledSequence }
            let due = try spool.frames(wait: .settled(late: false)).filter { $0.sequence <= settled }.map(\.number)
            #expect(read == due)
        }
        spool.close()
    }
}
