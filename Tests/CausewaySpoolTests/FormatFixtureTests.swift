import CausewayPlatform
import Foundation
import TestSupport
import Testing

@testable import CausewaySpool

/// The format on disk, held fast: `Tests/Fixtures/spool/v1.seg` has every kind of frame and every flag, and stays for good.
struct FormatFixtureTests {
    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/spool/v1.seg")
    private static let logID: UInt64 = 0x0123_4567_89ab_cdef

    /// What the fixture holds, frame by frame: a whole segment, sealed, of a log that has seen everything.
    private static func frames() -> [(header: FrameHeader, payload: [UInt8])] {
        var books = Totals()
        books.add(41, to: Totals.Key(tenant: "acme", signal: 1, term: "from_receivers"))
        let head = SegmentHead(
            logID: logID,
            instanceID: (0..<16).map { $0 },
            firstSequence: 100,
            bootID: (16..<32).map { $0 },
            wallNanoseconds: 1_800_000_000_000_000_000,
            bootNanoseconds: 5_000_000_000,
            keyID: 7,
            booksBefore: books
        )
        var names = SegmentNames()
        _ = names.addTenant("acme")
        _ = names.addPolicy([UInt8](repeating: 0xab, count: 32))
        var lost = Totals()
        lost.add(3, to: Totals.Key(tenant: "acme", signal: 2, term: "from_receivers"))
        let ledger = LedgerEntry(
            term: "evicted",
            reason: "no_reader",
            sequences: 1...99,
            receivedNanoseconds: 10...20,
            items: lost
        )
        var frames: [(header: FrameHeader, payload: [UInt8])] = []
        func add(
            _ kind: FrameKind,
            _ payload: [UInt8],
            flags: FrameFlags = [],
            signal: UInt8 = 0,
            items: UInt32 = 0,
            tenant: UInt32 = 0,
            origin: FrameOrigin? = nil
        ) {
            var header = FrameHeader(kind: kind, sequence: 100 + UInt64(frames.count), payloadLength: payload.count)
            header.flags = flags
            header.signal = signal
            header.items = items
            header.tenant = tenant
            header.policy = tenant == 0 ? 0 : 1
            header.origin = origin
            header.receivedNanoseconds = 1_800_000_000_000_000_000 + UInt64(frames.count)
            frames.append((header, payload))
        }
        add(.head, head.payload, origin: FrameOrigin(log: logID, sequence: 0, firstItem: 0))
        add(.names, names.fields().bytes, flags: .more)
        for (index, flag) in [
            FrameFlags.compressed, .encrypted, .reduced, .imported, .derived, .understood, .more, [],
        ].enumerated() {
            add(.otlp, [UInt8]("payload \(index)".utf8), flags: flag, signal: UInt8(1 + index % 3), items: 2, tenant: UInt32(index % 2))
        }
        add(.otlp, [UInt8]("from afar".utf8), signal: 1, items: 5, origin: FrameOrigin(log: 9, sequence: 8, firstItem: 7))
        add(.event, [UInt8]("{\"type\":\"request\"}\n".utf8), items: 1)
        add(.ledger, ledger.payload)
        add(.mark, [UInt8]("mark".utf8))
        add(.note, [UInt8]("note".utf8))
        add(.tombstone, [UInt8]("tombstone".utf8))
        var footer = SegmentFooter(firstSequence: 100)
        for frame in frames {
            footer.count(frame.header, tenant: frame.header.tenant == 0 ? "" : "acme", payload: frame.payload)
        }
        footer.names = names
        let offset = frames.reduce(0) { $0 + $1.header.frameLength }
        add(.footer, footer.payload(frameOffset: offset))
        return frames
    }

    private static func encoded() -> [UInt8] {
        frames().reduce(into: []) { bytes, frame in
            bytes += frame.header.encoded(logID: logID, payload: frame.payload) + frame.payload
            bytes += [UInt8](repeating: 0, count: FrameHeader.padded(frame.payload.count) - frame.payload.count)
        }
    }

    @Test func `what is written today is, byte for byte, what version 1 has always been`() throws {
        if ProcessInfo.processInfo.environment["CAUSEWAY_WRITE_FIXTURES"] != nil {
            try FileManager.default.createDirectory(at: Self.fixture.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(Self.encoded()).write(to: Self.fixture)
        }
        #expect([UInt8](try Data(contentsOf: Self.fixture)) == Self.encoded())
    }

    @Test func `every kind of frame and every flag is read back`() throws {
        let disk = MemoryDisk()
        disk.place([UInt8](try Data(contentsOf: Self.fixture)), at: "/v1.seg")
        let file = try disk.open("/v1.seg", .read)
        var scanner = FrameScanner(file: file, logID: Self.logID, end: try file.length())
        for frame in Self.frames() {
            var header = try #require(try scanner.header())
            #expect(try scanner.payload(of: header) == frame.payload)
            header.checksum = 0
            #expect(header == frame.header)
            scanner.skip(header)
        }
        #expect(scanner.offset == scanner.end)
        #expect(Set(Self.frames().map(\.header.kindNumber)) == Set(FrameKind.allCases.map(\.rawValue)))
    }

    private static func disk(_ fixture: StoredFixture) throws -> MemoryDisk {
        let disk = MemoryDisk()
        _ = try disk.createDirectory("/data")
        _ = try disk.createDirectory("/data/log")
        disk.place(try fixture.bytes(), at: "/data/log/00000000000000000300.seg")
        return disk
    }

    @Test(arguments: StoredFixture.allCases)
    func `compressed, reduced and encrypted frames and tombstones of version 1 are read back`(fixture: StoredFixture) throws {
        let disk = try Self.disk(fixture)
        let keys = SpoolKeys(others: [StoredFixture.key])
        let file = try disk.open("/data/log/00000000000000000300.seg", .read)
        let length = try file.length()
        let form = StoredForm(keys: keys, keyID: try SegmentScan.head(file: file, length: length)?.keyID)
        var walk = SegmentWalk(file: file, length: length, logID: StoredFixture.logID, firstSequence: 300, before: .max, form: form)
        #expect(try walk.next()?.header.kind == .head)
        #expect(try walk.next()?.header.kind == .names)
        for expected in StoredFixture.frames {
            let frame = try #require(try walk.next())
            #expect(frame.header.kind == expected.kind)
            let isEncrypted = fixture == .encrypted && expected.kind.isSecret
            #expect(frame.header.flags == expected.flags.union(isEncrypted ? [.afterSync, .encrypted] : .afterSync))
            #expect(try walk.payload(frame) == expected.payload)
        }
        #expect(try walk.next()?.header.kind == .footer)
        #expect(walk.offset == length && walk.damaged.isEmpty)

        var options = SpoolOptions()
        options.keys = keys
        let spool = try Spool.onMemory(disk, options: options)
        #expect(spool.status().books.items.sum() == 8 * 2 + 4)
        let frames = try spool.reader("backend", start: .oldest).read(maxBytes: .max)
        #expect(frames.map(\.payload) == StoredFixture.frames.filter { $0.kind.holdsItems }.map(\.payload))
        #expect(frames.allSatisfy { $0.tenant == "acme" && $0.items == 2 })
        #expect(spool.status().readers["backend"]?.sum { $0.term == "evicted:damaged" } == 4)
        spool.close()
        let found = try SpoolInspection(directory: "/data", depth: .everything, keys: keys, disk: disk)
        #expect(found.findings.isEmpty)
        #expect(SpoolAudit(found).isBalanced)
    }

    /// The fixture's bytes with another key in its head, which changes nothing else in it.
    private static func disk(keyID: UInt64) throws -> MemoryDisk {
        var bytes = [UInt8](try Data(contentsOf: fixture))
        var header = try #require(FrameHeader(bytes, at: 0))
        var head = try #require(SegmentHead(payload: [UInt8](bytes[FrameHeader.size..<FrameHeader.size + Int(header.payloadLength)])))
        head.keyID = keyID
        header.checksum = 0
        let frame = header.encoded(logID: logID, payload: head.payload) + head.payload
        bytes.replaceSubrange(0..<frame.count, with: frame)
        let disk = MemoryDisk()
        _ = try disk.createDirectory("/data")
        _ = try disk.createDirectory("/data/log")
        disk.place(bytes, at: "/data/log/00000000000000000100.seg")
        return disk
    }

    @Test func `a spool of version 1 that names a key is not opened without it`() throws {
        let error = try #require(throws: SpoolError.self) { try Spool.onMemory(Self.disk(keyID: 7)) }
        #expect("\(error)".contains("0000000000000007"))
    }

    @Test func `a spool of version 1 opens, with its identity, its books and its items`() throws {
        let spool = try Spool.onMemory(Self.disk(keyID: 0))
        #expect(spool.identity.logID == Self.logID)
        #expect(spool.identity.instanceID == (0..<16).map { $0 })
        #expect(spool.status().books.sum { $0.tenant == "acme" && $0.term == "from_receivers" } == 41 + 4 * 2 - 2 * 2 + 2)
        #expect(spool.status().books.sum { $0.term == "evicted:no_reader" } == 3)
        // The first two only say that they are compressed and encrypted: they are given up, and said to be.
        let frames = try spool.reader("backend", start: .oldest).read(maxBytes: .max)
        #expect(frames.map(\.items) == [2, 2, 2, 2, 2, 2, 5, 1])
        #expect(frames.map(\.tenant) == ["", "acme", "", "acme", "", "acme", "", ""])
        #expect(spool.status().readers["backend"]?.sum { $0.term == "evicted:damaged" } == 4)
        spool.close()
    }
}
