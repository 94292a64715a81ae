import CausewayPlatform
import Foundation

@testable import CausewaySpool

/// Segments as maintenance and encryption leave them, kept for good: `v1-maintained.seg` is compressed and reduced and has a tombstone,
/// `v1-encrypted.seg` is the same, encrypted.
///
/// They are only read: another release of the compression library may write other bytes that mean the same.
enum StoredFixture: String, CaseIterable {
    case maintained = "v1-maintained"
    case encrypted = "v1-encrypted"

    static let logID: UInt64 = 0x0123_4567_89ab_cdef
    static let key = SpoolKey((0..<32).map { $0 })
    static let firstSequence: UInt64 = 300

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/spool")

    func bytes() throws -> [UInt8] {
        let file = Self.folder.appending(path: rawValue + ".seg")
        if ProcessInfo.processInfo.environment["CAUSEWAY_WRITE_FIXTURES"] != nil { try Data(encoded()).write(to: file) }
        return [UInt8](try Data(contentsOf: file))
    }

    static func text(_ number: Int) -> [UInt8] {
        [UInt8]("payload \(number): ".utf8) + [UInt8](String(repeating: "what it did, ", count: 6).utf8)
    }

    /// Kind, flags beside `encrypted`, payload.
    static let frames: [(kind: FrameKind, flags: FrameFlags, payload: [UInt8])] = {
        var lost = Totals()
        lost.add(4, to: Totals.Key(tenant: "acme", signal: 1, term: "from_receivers"))
        let ledger = LedgerEntry(term: "evicted", reason: "damaged", sequences: 310...310, receivedNanoseconds: 1...1, items: lost)
        return [
            (.otlp, [], text(0)), (.otlp, .compressed, text(1)), (.otlp, .reduced, [UInt8]("payload 2".utf8)),
            (.otlp, [.reduced, .compressed], text(3)), (.event, .compressed, text(4)), (.otlp, [.compressed, .imported], text(5)),
            (.otlp, [.compressed, .more], text(6)), (.otlp, .compressed, text(7)),
            (.tombstone, [], Tombstone(reason: "damaged", kindNumber: FrameKind.otlp.rawValue, payloadBytes: 77).payload),
            (.note, .compressed, text(9)), (.mark, [], [UInt8]("mark".utf8)), (.ledger, [], ledger.payload),
        ]
    }()

    private func encoded() -> [UInt8] {
        let form = StoredForm(keys: SpoolKeys(current: Self.key), keyID: self == .encrypted ? Self.key.id : 0)
        let head = SegmentHead(
            logID: Self.logID,
            instanceID: (0..<16).map { $0 },
            firstSequence: Self.firstSequence,
            bootID: (16..<32).map { $0 },
            wallNanoseconds: 1_800_000_000_000_000_000,
            bootNanoseconds: 5_000_000_000,
            keyID: form.keyID ?? 0,
            booksBefore: Totals()
        )
        var names = SegmentNames()
        _ = names.addTenant("acme")
        var footer = SegmentFooter(firstSequence: Self.firstSequence)
        var bytes: [UInt8] = []
        var sequence = Self.firstSequence
        func add(_ kind: FrameKind, _ flags: FrameFlags, _ payload: [UInt8], _ change: (inout FrameHeader) -> Void = { _ in }) {
            var header = FrameHeader(kind: kind, sequence: sequence, payloadLength: 0)
            header.flags = flags
            header.receivedNanoseconds = 1_800_000_000_000_000_000 + sequence
            change(&header)
            let nonce = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: AESGCM.nonceSize)
            let stored = form.stored(payload, &header, flags.contains(.compressed) ? Compressor(.zstd) : nil, nonce: nonce)
            if kind != .footer { footer.count(header, tenant: header.tenant == 0 ? "" : "acme", payload: payload) }
            bytes += header.encoded(logID: Self.logID, payload: stored) + stored
            bytes += [UInt8](repeating: 0, count: FrameHeader.padded(stored.count) - stored.count)
            sequence += 1
        }
        add(.head, .afterSync, head.payload) { $0.origin = FrameOrigin(log: Self.logID, sequence: 0, firstItem: 0) }
        add(.names, .more, names.fields().bytes)
        for frame in Self.frames {
            add(frame.kind, frame.flags.union(.afterSync), frame.payload) { header in
                guard frame.kind.countsItems else { return }
                header.items = frame.kind == .tombstone ? 4 : 2
                header.signal = 1
                header.tenant = 1
                if frame.flags.contains(.imported) { header.origin = FrameOrigin(log: 9, sequence: 8, firstItem: 7) }
            }
        }
        footer.names = names
        add(.footer, .afterSync, footer.payload(frameOffset: bytes.count))
        return bytes
    }
}
