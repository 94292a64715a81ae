import CausewayPlatform
import TestSupport
import Testing

@testable import CausewaySpool

struct QuarantineTests {
    private let disk = MemoryDisk()

    private func draft(_ frame: StoredFrame, items: Range<Int>, payload: Int = 100) -> QuarantineDraft {
        QuarantineDraft(
            range: ItemRange(sequence: frame.sequence, first: items.lowerBound, count: items.count),
            signal: frame.signal,
            tenant: frame.tenant,
            receivedNanoseconds: frame.receivedNanoseconds,
            payload: [UInt8](repeating: 7, count: payload),
            reason: "HTTP 400: no",
            answer: QuarantineAnswer(status: 400, contentType: "text/plain", body: [UInt8]("no".utf8))
        )
    }

    /// Waits for the copy, then records the outcome, as a destination does.
    private func setAside(_ frame: StoredFrame, items: Range<Int>, _ reader: LogReader, payload: Int = 100) throws -> Bool {
        let answers = Mailbox<Result<Bool, SpoolError>>()
        let draft = draft(frame, items: items, payload: payload)
        reader.setAside([draft]) { answers.send($0) }
        let isKept = try #require(answers.receiveAll()?.first).get()
        if isKept { try reader.record(.quarantined, of: [draft.range]) }
        return isKept
    }

    private func total(_ spool: Spool, _ term: String) -> Int { spool.status().readers["backend"]?.sum { $0.term == term } ?? 0 }

    private func audit(_ disk: MemoryDisk) throws -> SpoolAudit {
        SpoolAudit(try SpoolInspection(directory: "/data", depth: .everything, disk: disk))
    }

    @Test func `an entry is written and read back whole, and one flipped bit is noticed`() throws {
        let frame = StoredFrame(sequence: 9, signal: 3, tenant: "acme", items: 4, receivedNanoseconds: 5, payload: [])
        let entry = QuarantineEntry(id: 7, reader: "backend", logID: 8, setAsideNanoseconds: 6, draft: draft(frame, items: 1..<3))
        #expect(QuarantineEntry(bytes: entry.bytes()) == entry)
        for index in stride(from: 0, to: entry.bytes().count, by: 3) {
            var bytes = entry.bytes()
            bytes[index] ^= 0x10
            #expect(QuarantineEntry(bytes: bytes) == nil)
        }
    }

    @Test func `in an encrypted spool the content of a copy is for who has the key`() throws {
        let frame = StoredFrame(sequence: 9, signal: 1, tenant: "acme", items: 3, receivedNanoseconds: 5, payload: [UInt8]("secret".utf8))
        let entry = QuarantineEntry(id: 7, reader: "backend", logID: 8, setAsideNanoseconds: 6, draft: draft(frame, items: 1..<3))
        let keys = SpoolKeys(current: SpoolKey([UInt8](repeating: 3, count: 32)))
        let bytes = entry.bytes(keys)
        for plain in [entry.draft.payload, [UInt8](entry.draft.reason.utf8)] where !plain.isEmpty {
            #expect(!bytes.indices.contains { bytes[$0...].starts(with: plain) })
        }
        #expect(QuarantineEntry(bytes: bytes, keys: keys) == entry)
        let locked = try #require(QuarantineEntry(bytes: bytes))
        #expect(locked.missingKey == keys.current?.id)
        #expect(locked.draft.payload.isEmpty && locked.draft.range == entry.draft.range)
    }

    @Test func `what is set aside is on the books, and letting it go moves it`() throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .now)
        try spool.appendAndWait([.sample(1, items: 10, tenant: "acme")])
        let frame = try #require(try reader.read(maxBytes: .max).first)
        try reader.record(.delivered, of: [ItemRange(sequence: frame.sequence, first: 0, count: 7)])
        for item in 7..<10 { #expect(try setAside(frame, items: item..<item + 1, reader)) }
        #expect(total(spool, "quarantined") == 3)
        #expect(spool.status().pending("backend") == 0)
        #expect(try spool.release(quarantined: [1], as: .delivered) == 1)
        #expect(try spool.release(quarantined: [2], as: .rejected(reason: "dropped")) == 1)
        #expect(try spool.release(quarantined: [1, 2, 99], as: .delivered) == 0, "nothing twice")
        #expect((total(spool, "delivered"), total(spool, "rejected"), total(spool, "quarantined")) == (8, 1, 1))
        spool.close()
        let found = try audit(disk)
        #expect(found.isBalanced, "\(found.imbalances)")
        #expect(found.ledger.map(\.entry.reason) == ["HTTP 400: no; dropped"])
        #expect(try QuarantineFiles.entries(directory: "/data", disk: disk).entries.map(\.id) == [3])
    }

    @Test func `after a power loss at any step an item is pending or set aside, never both and never neither`() throws {
        var random = SeededRandom(seed: 7)
        for round in 0..<60 {
            let disk = MemoryDisk()
            let spool = try Spool.onMemory(disk)
            let reader = try spool.reader("backend", start: .now)
            try spool.appendAndWait([.sample(1, items: 6)])
            let frame = try #require(try reader.read(maxBytes: .max).first)
            var states: [MemoryDisk] = []
            func lose() { states.append(disk.crash(using: &random)) }
            for item in 0..<4 {
                let answers = Mailbox<Result<Bool, SpoolError>>()
                reader.setAside([draft(frame, items: item..<item + 1)]) { answers.send($0) }
                if round % 3 == 0 { lose() }
                #expect(try #require(answers.receiveAll()?.first).get())
                lose()
                try reader.record(.quarantined, of: [ItemRange(sequence: frame.sequence, first: item, count: 1)])
                lose()
            }
            _ = try spool.release(quarantined: [1], as: .delivered)
            lose()
            _ = try spool.release(quarantined: [2], as: .rejected(reason: "dropped"))
            lose()
            spool.close()
            for state in states {
                let again = try Spool.onMemory(state)
                _ = try again.reader("backend", start: .now)
                #expect(again.status().pending("backend") + (again.status().readers["backend"]?.sum() ?? 0) == 6)
                again.close()
                let found = try audit(state)
                #expect(found.isBalanced, "\(found.imbalances)")
            }
        }
    }

    @Test func `the oldest goes first when there is no room, on the ledger, also of a destination that is gone`() throws {
        var options = SpoolOptions()
        options.quarantineBytes = 3 * 4096
        let spool = try Spool.onMemory(disk, options: options)
        var gone: LogReader? = try spool.reader("gone", start: .now)
        let reader = try spool.reader("backend", start: .now)
        try spool.appendAndWait([.sample(1, items: 6)])
        let first = try #require(try gone?.read(maxBytes: .max).first)
        #expect(try setAside(first, items: 0..<1, try #require(gone), payload: 3500))
        gone = nil
        spool.close(reader: "gone")
        let frame = try #require(try reader.read(maxBytes: .max).first)
        for item in 0..<4 { #expect(try setAside(frame, items: item..<item + 1, reader, payload: 3500)) }
        #expect((total(spool, "quarantined"), total(spool, "rejected")) == (3, 1))
        #expect(try setAside(frame, items: 4..<6, reader, payload: 20_000) == false, "more than all of its room")
        let used = spool.status().bytes
        spool.close()
        let found = try audit(disk)
        #expect(found.isBalanced, "\(found.imbalances)")
        #expect(found.ledger.map(\.entry.reader) == ["backend"], "what a parked destination lost is owed until it is opened")
        #expect(used >= 3 * 3500, "it counts against the spool's size")
    }

    @Test func `with no room at all nothing is kept`() throws {
        var options = SpoolOptions()
        options.quarantineBytes = 0
        let spool = try Spool.onMemory(disk, options: options)
        let reader = try spool.reader("backend", start: .now)
        try spool.appendAndWait([.sample(1)])
        let frame = try #require(try reader.read(maxBytes: .max).first)
        #expect(try setAside(frame, items: 0..<1, reader) == false)
        spool.close()
    }

    @Test func `a disk that fails sets nothing aside, and the item stays pending`() throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .now)
        try spool.appendAndWait([.sample(1)])
        let frame = try #require(try reader.read(maxBytes: .max).first)
        disk.setFault { _, _, path in path.contains("quarantine") ? .error(5) : nil }
        #expect(throws: SpoolError.self) { _ = try setAside(frame, items: 0..<1, reader) }
        disk.setFault(nil)
        #expect(spool.status().pending("backend") == 1)
        #expect(try setAside(frame, items: 0..<1, reader))
        spool.close()
        #expect(try audit(disk).isBalanced)
    }

    @Test func `a copy carries the notes on its items, and is a frame of its own when it is sent again`() throws {
        let keys = SpoolKeys(current: SpoolKey([UInt8](repeating: 3, count: 32)))
        let frame = StoredFrame(sequence: 9, signal: 1, tenant: "acme", items: 4, receivedNanoseconds: 5, payload: [])
        var draft = draft(frame, items: 2..<4)
        draft.notes = [2, 3].map {
            StoredNote(sequence: 9, item: $0, isLate: $0 == 3, number: 8, payload: [UInt8]("note on \($0)".utf8))
        }
        let entry = QuarantineEntry(id: 7, reader: "backend", logID: 8, setAsideNanoseconds: 6, draft: draft)
        #expect(QuarantineEntry(bytes: entry.bytes()) == entry)
        #expect(QuarantineEntry(bytes: entry.bytes(keys), keys: keys) == entry)
        let bytes = entry.bytes(keys)
        #expect(!bytes.indices.contains { bytes[$0...].starts(with: [UInt8]("note on".utf8)) }, "they are content")
        #expect(entry.draft.frame.notes.map(\.item) == [0, 1] && entry.draft.frame.items == 2)
    }

    @Test(arguments: ["write", "sync", "rename", "fsync directory", "unlink"])
    func `a copy that was not made for certain never counts, whatever becomes of its item`(operation: String) throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .now)
        try spool.appendAndWait([.sample(1, items: 2)])
        let frame = try #require(try reader.read(maxBytes: .max).first)
        #expect(try setAside(frame, items: 1..<2, reader))
        disk.setFault { _, found, path in
            path.contains("quarantine") && (found == operation || found == "fsync directory" || found == "unlink") ? .error(5) : nil
        }
        #expect(throws: SpoolError.self) { _ = try setAside(frame, items: 0..<1, reader) }
        disk.setFault(nil)
        // The destination takes it after all.
        try reader.record(.delivered, of: [ItemRange(sequence: frame.sequence, first: 0, count: 1)])
        spool.close()
        for _ in 0..<2 {
            #expect(try QuarantineFiles.entries(directory: "/data", disk: disk).entries.map(\.draft.range.first) == [1])
            #expect(try audit(disk).isBalanced)
            let again = try Spool.onMemory(disk)
            _ = try again.reader("backend", start: .now)
            again.close()
        }
        #expect(disk.paths().filter { $0.contains("/quarantine/") }.count == 1)
        #expect(try CursorInspection(disk: disk, paths: SpoolPaths(directory: "/data"), name: "backend")?.cursor?.released == [])
    }

    @Test func `copies count in max_bytes, and where there is no room for one its item is refused for good`() throws {
        var options = SpoolOptions()
        options.maxBytes = 1 << 20
        options.quarantineBytes = 256 << 10
        let spool = try Spool.onMemory(disk, options: options)
        let reader = try spool.reader("backend", start: .now)
        var number = 0
        while number < 100, (try? spool.appendAndWait([.sample(number, items: 2, bytes: 20_000)])) != nil { number += 1 }
        #expect(number < 100)
        let frame = try #require(try reader.read(maxBytes: 1).first)
        var kept = 0
        for item in 0..<2 { kept += try setAside(frame, items: item..<item + 1, reader, payload: 40_000) ? 1 : 0 }
        #expect(kept < 2)
        #expect(disk.peakBytes <= options.maxBytes)
        spool.close()
    }

    @Test func `a copy outlives a power loss also where making its directory failed at first`() throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .now)
        try spool.appendAndWait([.sample(1)])
        let frame = try #require(try reader.read(maxBytes: .max).first)
        disk.setFault { _, operation, path in operation == "fsync directory" && path == "/data" ? .error(5) : nil }
        #expect(throws: SpoolError.self) { _ = try setAside(frame, items: 0..<1, reader) }
        disk.setFault(nil)
        #expect(try setAside(frame, items: 0..<1, reader))
        spool.close()
        var random = SeededRandom(seed: 56_699)
        for _ in 0..<20 {
            let after = disk.crash(using: &random)
            #expect(try QuarantineFiles.entries(directory: "/data", disk: after).entries.count == 1)
        }
    }
}
