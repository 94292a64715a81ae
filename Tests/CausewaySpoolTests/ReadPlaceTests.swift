import CausewayPlatform
import TestSupport
import Testing

@testable import CausewaySpool

/// Reading elsewhere than at the oldest.
struct ReadPlaceTests {
    private let disk = MemoryDisk()

    private func append(_ numbers: ClosedRange<Int>, to spool: Spool, signal: (Int) -> UInt8 = { _ in 1 }, tenant: String = "") throws {
        for number in numbers { try spool.appendAndWait([.sample(number, tenant: tenant, bytes: 300, signal: signal(number))]) }
    }

    private func numbers(_ reader: LogReader, _ place: ReadPlace, maxBytes: Int = .max) throws -> [Int] {
        let frames = try reader.read(maxBytes: maxBytes, from: place)
        try reader.record(.delivered, of: frames.map(\.all))
        return frames.compactMap(\.number)
    }

    @Test func `what lies ahead can be read past what was given back`() throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .now)
        try append(1...6, to: spool)
        reader.giveBack(try reader.read(maxBytes: 600))
        #expect(try numbers(reader, .ahead, maxBytes: 600) == [3, 4])
        #expect(try numbers(reader, .oldest) == [1, 2, 5, 6])
        #expect(reader.backlog().bytes == 0)
        spool.close()
    }

    @Test(arguments: [64 << 20, 64 << 10])
    func `new frames can be read beside the backlog, each once, whatever order they come in`(segmentBytes: Int) throws {
        var options = SpoolOptions()
        options.segmentBytes = segmentBytes
        let spool = try Spool.onMemory(disk, options: options)
        let reader = try spool.reader("backend", start: .now)
        let fresh = ReadPlace.fresh(without: [2])
        try append(1...300, to: spool, tenant: "acme")
        #expect(try numbers(reader, .oldest, maxBytes: 300) == [1])
        #expect(try numbers(reader, fresh).isEmpty, "the end of the log is where it begins")
        try append(301...320, to: spool, signal: { $0 % 5 == 0 ? 2 : 1 }, tenant: "acme")
        let new = (301...320).filter { $0 % 5 != 0 }
        let frames = try reader.read(maxBytes: .max, from: fresh)
        #expect(frames.compactMap(\.number) == new)
        #expect(frames.allSatisfy { $0.tenant == "acme" }, "names that were explained before are known")
        // Some delivered, some given back.
        try reader.record(.delivered, of: frames[..<8].map(\.all))
        reader.giveBack(Array(frames[8...]))
        var rest: [Int] = []
        while case let more = try numbers(reader, .oldest, maxBytes: 3000), !more.isEmpty { rest += more }
        #expect(rest.sorted() == Array(2...320).filter { !new[..<8].contains($0) })
        #expect(rest.count == Set(rest).count)
        #expect(reader.backlog().bytes == 0)
        #expect(spool.status().pending("backend") == 0)
        // The place in order has passed the new end: a later backlog gets one of its own.
        try append(321...330, to: spool)
        #expect(try numbers(reader, fresh).isEmpty)
        try append(331...332, to: spool)
        #expect(try numbers(reader, fresh) == [331, 332])
        #expect(try numbers(reader, .oldest) == Array(321...330))
        spool.close()
        let found = SpoolAudit(try SpoolInspection(directory: "/data", depth: .everything, disk: disk))
        #expect(found.isBalanced, "\(found.imbalances)")
    }

    @Test func `after a restart what was delivered out of order is not handed out again`() throws {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("backend", start: .now)
        try append(1...20, to: spool)
        #expect(try numbers(reader, .fresh(without: [])).isEmpty)
        try append(21...30, to: spool)
        #expect(try numbers(reader, .fresh(without: [])) == Array(21...30))
        spool.close()
        let again = try Spool.onMemory(disk)
        #expect(try numbers(again.reader("backend", start: .now), .oldest) == Array(1...20))
        again.close()
    }
}
