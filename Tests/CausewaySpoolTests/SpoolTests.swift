import CausewayPlatform
import TestSupport
import Testing

@testable import CausewaySpool

struct SpoolTests {
    private let disk = MemoryDisk()

    private func numbers(_ reader: LogReader) throws -> [Int] {
        var all: [Int] = []
        while true {
            let frames = try reader.read(maxBytes: 1 << 20)
            if frames.isEmpty { return all }
            all += frames.compactMap(\.number)
        }
    }

    @Test func `a reader sees every appended frame once, in order, with its labels`() throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .now)
        for number in 1...50 {
            try spool.appendAndWait([.sample(number, items: number, tenant: number % 3 == 0 ? "acme" : "")])
        }
        let frames = try reader.read(maxBytes: .max)
        #expect(frames.map(\.number) == (1...50).map { $0 })
        #expect(frames.map(\.items) == (1...50).map { $0 })
        #expect(frames.map(\.tenant) == (1...50).map { $0 % 3 == 0 ? "acme" : "" })
        #expect(try reader.read(maxBytes: .max).isEmpty)
        spool.close()
    }

    @Test func `what was acknowledged is there after the power is lost`() throws {
        var random = SeededRandom(seed: 42)
        for _ in 0..<30 {
            let disk = MemoryDisk()
            let spool = try Spool.onMemory(disk)
            for number in 1...20 { try spool.appendAndWait([.sample(number, bytes: 3000)]) }
            let after = try Spool.onMemory(disk.crash(using: &random))
            #expect(try numbers(after.reader("backend", start: .oldest)) == Array(1...20))
            after.close()
            spool.close()
        }
    }

    @Test func `a reader goes on where it left off after a restart`() throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .oldest)
        for number in 1...10 { try spool.appendAndWait([.sample(number)]) }
        let frames = try reader.read(maxBytes: .max)
        try reader.record(.delivered, of: frames[..<4].map(\.all) + [frames[6].all])
        spool.close()

        let again = try Spool.onMemory(disk)
        #expect(try numbers(again.reader("backend", start: .oldest)) == [5, 6, 8, 9, 10])
        #expect(again.status().readers["backend"]?.sum() == 5)
        #expect(again.status().pending("backend") == 5)
        again.close()
    }

    @Test func `items of a frame with an outcome are not handed out again`() throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .oldest)
        try spool.appendAndWait([.sample(1, items: 10)])
        let frame = try #require(try reader.read(maxBytes: .max).first)
        try reader.record(.delivered, of: [ItemRange(sequence: frame.sequence, first: 0, count: 3)])
        try reader.record(.rejected(reason: "no"), of: [ItemRange(sequence: frame.sequence, first: 7, count: 1)])
        spool.close()

        let again = try Spool.onMemory(disk)
        let rest = try #require(try again.reader("backend", start: .oldest).read(maxBytes: .max).first)
        #expect(rest.pending == [3..<7, 8..<10])
        again.close()
    }

    @Test func `frames given back come again before newer ones`() throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .oldest)
        for number in 1...3 { try spool.appendAndWait([.sample(number)]) }
        let first = try reader.read(maxBytes: .max)
        try spool.appendAndWait([.sample(4)])
        reader.giveBack([first[2], first[0]])
        #expect(try numbers(reader) == [1, 3, 4])
        #expect(reader.backlog().bytes == 0)
        spool.close()
    }

    @Test func `a frame inside a payload is never taken for one of the log`() throws {
        let spool = try Spool.onMemory(disk)
        try spool.appendAndWait([.sample(1)])
        let path = try #require(disk.paths().first { $0.hasSuffix(".seg") })
        // A true copy of a frame of this very log, aligned, inside the payload of a later one.
        let planted = try #require(disk.contents(of: path))
        try spool.appendAndWait([FrameDraft(kind: .otlp, items: 1, receivedNanoseconds: 1, payload: planted)])
        try spool.appendAndWait([.sample(3)])
        var bytes = try #require(disk.contents(of: path))
        bytes[planted.count + 4] ^= 1  // the header of the frame that holds the copy
        spool.close()
        let copy = MemoryDisk()
        _ = try copy.createDirectory("/data")
        _ = try copy.createDirectory("/data/log")
        copy.place(bytes, at: path)
        let again = try Spool.onMemory(copy)
        #expect(try numbers(again.reader("backend", start: .oldest)) == [1, 3])
        again.close()
    }

    @Test func `after a failed sync everything in flight goes to a new file before it is acknowledged`() throws {
        let spool = try Spool.onMemory(disk)
        try spool.appendAndWait([.sample(1)])
        disk.setFault { [counter = Counter()] _, operation, _ in
            operation == "sync" && counter.next() == 1 ? .error(5) : nil
        }
        try spool.appendAndWait([.sample(2)])
        disk.setFault(nil)
        try spool.appendAndWait([.sample(3)])
        #expect(spool.status().segments == 2)
        var random = SeededRandom(seed: 7)
        let after = try Spool.onMemory(disk.crash(using: &random))
        #expect(try numbers(after.reader("backend", start: .oldest)) == [1, 2, 3])
        after.close()
        spool.close()
    }

    @Test func `a full disk refuses, keeps what it has, and takes data again when there is room`() throws {
        let spool = try Spool.onMemory(disk)
        try spool.appendAndWait([.sample(1)])
        disk.setCapacity(disk.usedBytes + 50)
        #expect(throws: SpoolError.self) { try spool.appendAndWait([.sample(2)]) }
        guard case .full = spool.status().refusal else { return #expect(Bool(false), "not for want of room") }
        disk.setCapacity(.max)
        try spool.appendAndWait([.sample(3)])
        #expect(try numbers(spool.reader("backend", start: .oldest)) == [1, 3])
        spool.close()
    }

    @Test func `a short write is carried on`() throws {
        disk.setFault { _, operation, _ in operation == "write" ? .short : nil }
        let spool = try Spool.onMemory(disk)
        for number in 1...5 { try spool.appendAndWait([.sample(number, bytes: 500)]) }
        #expect(try numbers(spool.reader("backend", start: .oldest)) == [1, 2, 3, 4, 5])
        spool.close()
    }

    @Test func `the limit in bytes holds, and data that a destination still needs are refused rather than dropped`() throws {
        var options = SpoolOptions()
        options.maxBytes = 2 << 20
        let spool = try Spool.onMemory(disk, options: options)
        let reader = try spool.reader("backend", start: .oldest)
        var accepted = 0
        for number in 1...60 {
            do throws(SpoolError) {
                try spool.appendAndWait([.sample(number, bytes: 50_000)])
                accepted = number
            } catch {
                guard case .full = error else { throw error }
            }
            #expect(disk.usedBytes <= options.maxBytes)
        }
        #expect((30..<42).contains(accepted))
        #expect(try numbers(reader) == Array(1...accepted))
        spool.close()
    }

    @Test func `history makes way for new data`() throws {
        var options = SpoolOptions()
        options.maxBytes = 2 << 20
        options.cursorInterval = .milliseconds(1)
        let spool = try Spool.onMemory(disk, options: options)
        let reader = try spool.reader("backend", start: .oldest)
        for number in 1...200 {
            while (try? spool.appendAndWait([.sample(number, bytes: 50_000)])) == nil { pause(.milliseconds(2)) }
            let frames = try reader.read(maxBytes: .max)
            #expect(frames.map(\.number) == [number])
            try reader.record(.delivered, of: frames.map(\.all))
            #expect(disk.usedBytes <= options.maxBytes)
        }
        #expect(spool.status().pending("backend") == 0)
        spool.close()
    }

    @Test func `with no reader the oldest segment goes, and the ledger says so`() throws {
        var options = SpoolOptions()
        options.maxBytes = 2 << 20
        let spool = try Spool.onMemory(disk, options: options)
        for number in 1...200 { try spool.appendAndWait([.sample(number, items: 2, bytes: 50_000)]) }
        #expect(disk.usedBytes <= options.maxBytes)
        let status = spool.status()
        let evicted = status.books.sum { $0.term == "evicted:no_reader" }
        #expect(status.books.items.sum() == 400)
        spool.close()

        let again = try Spool.onMemory(disk, options: options)
        let kept = try numbers(again.reader("backend", start: .oldest))
        #expect(kept == Array((200 - kept.count + 1)...200))
        #expect(evicted == 400 - 2 * kept.count)
        #expect(again.status().books == status.books)
        again.close()
    }

    @Test func `a new reader that starts now has what came before on its books`() throws {
        let spool = try Spool.onMemory(disk)
        for number in 1...5 { try spool.appendAndWait([.sample(number, items: 3)]) }
        let reader = try spool.reader("late", start: .now)
        try spool.appendAndWait([.sample(6)])
        #expect(try numbers(reader) == [6])
        #expect(spool.status().readers["late"]?.sum { $0.term == "before_start" } == 15)
        #expect(spool.status().pending("late") == 1)
        spool.close()
    }

    @Test func `what a destination refused for good is on the ledger with its reason`() throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .oldest)
        try spool.appendAndWait([.sample(1, items: 4)])
        let frames = try reader.read(maxBytes: .max)
        try reader.record(.rejected(reason: "400 bad span"), of: frames.map(\.all))
        spool.close()
        let path = try #require(disk.paths().first { $0.hasSuffix(".seg") })
        let entries = try ledger(path, logID: spool.identity.logID)
        #expect(entries.map(\.reason) == ["400 bad span"])
        #expect(entries.first?.reader == "backend")
        #expect(entries.first?.items.sum() == 4)
    }

    @Test func `segments are closed by size, with a footer that spares the next start the reading`() throws {
        var options = SpoolOptions()
        options.segmentBytes = 64 << 10
        let spool = try Spool.onMemory(disk, options: options)
        for number in 1...20 { try spool.appendAndWait([.sample(number, items: 2, tenant: "acme", bytes: 20_000)]) }
        spool.close()
        let reads = Counter()
        disk.setFault { _, operation, _ in
            if operation == "read" { reads.next() }
            return nil
        }
        let reopened = try Spool.onMemory(disk, options: options)
        #expect(reopened.status().books == spool.status().books)
        #expect(reopened.status().segments >= 7)
        #expect(reads.value <= reopened.status().segments * 4 + 4)
        reopened.close()
    }

    @Test func `a second process is refused while the first works there`() throws {
        let spool = try Spool.onMemory(disk)
        #expect(throws: SpoolError.locked(path: "/data")) { try Spool.onMemory(disk) }
        spool.close()
    }

    @Test func `the real disk keeps what was acknowledged`() throws {
        let directory = "/tmp/causeway-spool-test-\(UInt64.random(in: 0...UInt64.max))"
        let options = SpoolOptions()
        let first = try Spool(directory: directory, options: options) {}
        for number in 1...10 { try first.appendAndWait([.sample(number, bytes: 100_000)]) }
        first.close()
        let second = try Spool(directory: directory + "/", options: options) {}
        #expect(try numbers(second.reader("backend", start: .oldest)) == Array(1...10))
        second.close()
        let real = RealDisk()
        for folder in ["log", "cursors"] {
            for name in try real.list(directory + "/" + folder) { try real.unlink("\(directory)/\(folder)/\(name)") }
        }
    }

    private func ledger(_ path: String, logID: UInt64) throws -> [LedgerEntry] {
        let file = try disk.open(path, .read)
        var scanner = FrameScanner(file: file, logID: logID, end: try file.length())
        var entries: [LedgerEntry] = []
        while let header = try scanner.header() {
            if header.kind == .ledger, let payload = try scanner.payload(of: header), let entry = LedgerEntry(payload: payload) {
                entries.append(entry)
            }
            scanner.skip(header)
        }
        return entries
    }
}
