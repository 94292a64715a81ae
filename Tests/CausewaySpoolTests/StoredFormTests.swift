import CausewayPlatform
import Testing

@testable import CausewaySpool

struct StoredFormTests {
    private static let key = SpoolKey((0..<32).map { $0 })
    private static let text = [UInt8](String(repeating: "what was asked, what it did, ", count: 40).utf8)

    private func header(_ kind: FrameKind = .otlp, flags: FrameFlags = []) -> FrameHeader {
        var header = FrameHeader(kind: kind, sequence: 12, payloadLength: 0)
        header.flags = flags
        header.items = 3
        return header
    }

    @Test(
        arguments: [[], .compressed, .encrypted, [.compressed, .encrypted]] as [FrameFlags],
        [[], .reduced, [.reduced, .more, .afterSync, .understood]] as [FrameFlags]
    )
    func `a payload comes back through every combination of flags`(form steps: FrameFlags, flags: FrameFlags) throws {
        let (isCompressed, isEncrypted) = (steps.contains(.compressed), steps.contains(.encrypted))
        let form = StoredForm(keys: SpoolKeys(current: Self.key), keyID: isEncrypted ? Self.key.id : 0)
        for payload in [[], [7], Self.text] {
            var header = header(flags: flags)
            let stored = form.stored(payload, &header, isCompressed ? Compressor(.zstd) : nil)
            #expect(header.flags.contains(.encrypted) == isEncrypted)
            #expect(header.flags.contains(.compressed) == (isCompressed && payload.count > 1))
            #expect(header.flags.subtracting([.compressed, .encrypted]) == flags)
            #expect(Int(header.payloadLength) == stored.count)
            #expect(try form.opened(header, stored) == payload)
        }
    }

    @Test(arguments: FrameKind.allCases)
    func `telemetry, the ledger and notes are encrypted, what a start needs is not`(kind: FrameKind) {
        let form = StoredForm(keys: SpoolKeys(current: Self.key), keyID: Self.key.id)
        var header = header(kind)
        let stored = form.stored(Self.text, &header)
        #expect(header.flags.contains(.encrypted) == [.otlp, .event, .ledger, .note].contains(kind))
        #expect((stored == Self.text) == !header.flags.contains(.encrypted))
    }

    @Test func `what does not become shorter is not compressed`() throws {
        let form = StoredForm(keys: SpoolKeys())
        var random = SystemRandomNumberGenerator()
        let payload = (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) }
        var header = header()
        #expect(form.stored(payload, &header, Compressor(.zstd)) == payload)
        #expect(header.flags == [])
    }

    @Test func `encrypted bytes do not open behind another header, with another key, or without one`() throws {
        let form = StoredForm(keys: SpoolKeys(current: Self.key), keyID: Self.key.id)
        var header = header()
        let stored = form.stored(Self.text, &header)
        var moved = header
        moved.sequence += 1
        #expect(throws: StoredFormError.damaged(reason: "what is encrypted has been changed")) { try form.opened(moved, stored) }
        let other = SpoolKey((1..<33).map { $0 })
        #expect(throws: StoredFormError.missingKey(Self.key.id)) {
            try StoredForm(keys: SpoolKeys(current: other), keyID: Self.key.id).opened(header, stored)
        }
        // Where the head does not hold, every key is tried.
        #expect(try StoredForm(keys: SpoolKeys(current: other, others: [Self.key])).opened(header, stored) == Self.text)
        #expect(throws: StoredFormError.missingKey(0)) { try StoredForm(keys: SpoolKeys(current: other)).opened(header, stored) }
    }

    @Test func `a bomb, a wrong size and a torn end are damage`() throws {
        let form = StoredForm(keys: SpoolKeys())
        func fails(_ stored: [UInt8]) -> Bool {
            guard
                case .damaged? = #expect(throws: StoredFormError.self, performing: { try form.opened(header(flags: .compressed), stored) })
            else { return false }
            return true
        }
        // A frame that says 128 MiB, and one that says 2^60 bytes.
        let large = Compressor(.zstd).compressed([UInt8](repeating: 0, count: 128 << 20))
        #expect(large.count < 64 << 10)
        #expect(fails(large))
        #expect(fails([0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0x10, 1, 0, 0]))
        var good = Compressor(.zstd).compressed(Self.text)
        #expect(fails([UInt8](good.dropLast())))
        #expect(fails([]))
        // The content's size, two bytes behind magic and descriptor.
        good[5] ^= 1
        #expect(fails(good))
    }
}
