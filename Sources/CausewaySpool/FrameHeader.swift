// The 64 bytes before every payload, little-endian; the payload follows, padded with zeros to 8 bytes:
//
//    0 magic u32      4 version u8    5 kind u8    6 signal u8    7 flags u8
//    8 header length u16             10 policy u16               12 tenant u32
//   16 sequence u64                                              24 received ns u64
//   32 items u32     36 payload length u32                       40 origin log u64 (0 = here)
//   48 origin sequence u64           56 origin first item u32    60 crc32c u32
//
// The checksum is seeded with the log's id (a head frame's is not) and covers bytes 0–59, then the payload without its padding.
// A head frame has the log's own id at 40 as well as in its payload: without it nothing behind a damaged head could be trusted.

internal import CausewayPlatform

/// What stands before a frame's payload on disk.
package struct FrameHeader: Equatable, Sendable {
    package static let size = 64
    /// `CWF1` when read as bytes.
    package static let magic: UInt32 = 0x3146_5743
    package static let version: UInt8 = 1
    /// Above this a length is damage, not data.
    package static let maxPayloadLength = 1 << 30
    /// Above this a sequence is damage: no log lives so long, and counting on from there must not overflow.
    package static let maxSequence: UInt64 = 1 << 62

    /// The raw number is kept so that a kind this version does not know is skipped and counted, never misread.
    package var kindNumber: UInt8
    package var signal: UInt8 = 0
    package var flags: FrameFlags = []
    /// Number of the policy that made the frame, local to the segment; 0 = none.
    package var policy: UInt16 = 0
    /// Number of the tenant, local to the segment; 0 = the default tenant.
    package var tenant: UInt32 = 0
    package var sequence: UInt64
    package var receivedNanoseconds: UInt64 = 0
    package var items: UInt32 = 0
    package var payloadLength: UInt32
    package var origin: FrameOrigin?
    package var checksum: UInt32 = 0

    package var kind: FrameKind? { FrameKind(rawValue: kindNumber) }

    /// Bytes from this header to the next one.
    package var frameLength: Int { Self.size + Self.padded(Int(payloadLength)) }

    package static func padded(_ length: Int) -> Int { (length + 7) & ~7 }

    package init(kind: FrameKind, sequence: UInt64, payloadLength: Int) {
        self.kindNumber = kind.rawValue
        self.sequence = sequence
        self.payloadLength = UInt32(payloadLength)
    }

    /// Reads the 64 bytes at `offset`; nil when they are no frame header of this version.
    package init?(_ bytes: [UInt8], at offset: Int) {
        guard offset >= 0, offset + Self.size <= bytes.count,
            bytes.littleEndian32(at: offset) == Self.magic, bytes[offset + 4] == Self.version,
            bytes.littleEndian16(at: offset + 8) == UInt16(Self.size)
        else { return nil }
        kindNumber = bytes[offset + 5]
        signal = bytes[offset + 6]
        flags = FrameFlags(rawValue: bytes[offset + 7])
        policy = bytes.littleEndian16(at: offset + 10)
        tenant = bytes.littleEndian32(at: offset + 12)
        sequence = bytes.littleEndian64(at: offset + 16)
        receivedNanoseconds = bytes.littleEndian64(at: offset + 24)
        items = bytes.littleEndian32(at: offset + 32)
        payloadLength = bytes.littleEndian32(at: offset + 36)
        let log = bytes.littleEndian64(at: offset + 40)
        if log != 0 {
            origin = FrameOrigin(
                log: log,
                sequence: bytes.littleEndian64(at: offset + 48),
                firstItem: bytes.littleEndian32(at: offset + 56)
            )
        }
        checksum = bytes.littleEndian32(at: offset + 60)
        guard payloadLength <= Self.maxPayloadLength, (1...Self.maxSequence).contains(sequence) else { return nil }
    }

    /// Everything before the checksum: what an encrypted payload is bound to.
    var associatedData: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        bytes.append(littleEndian: Self.magic)
        bytes += [Self.version, kindNumber, signal, flags.rawValue]
        bytes.append(littleEndian: UInt16(Self.size))
        bytes.append(littleEndian: policy)
        bytes.append(littleEndian: tenant)
        bytes.append(littleEndian: sequence)
        bytes.append(littleEndian: receivedNanoseconds)
        bytes.append(littleEndian: items)
        bytes.append(littleEndian: payloadLength)
        bytes.append(littleEndian: origin?.log ?? 0)
        bytes.append(littleEndian: origin?.sequence ?? 0)
        bytes.append(littleEndian: origin?.firstItem ?? 0)
        return bytes
    }

    /// The 64 bytes, with the checksum over them and `payload`, which is as it is stored.
    package func encoded(logID: UInt64, payload: [UInt8]) -> [UInt8] {
        var bytes = associatedData
        var crc = CRC32C(seed: kind == .head ? 0 : logID)
        crc.update(bytes)
        crc.update(payload)
        bytes.append(littleEndian: crc.value)
        return bytes
    }

    /// Whether the checksum holds for the header at `offset` of `bytes` and the payload at `payloadOffset` of `payload`.
    package func isIntact(
        logID: UInt64,
        header bytes: [UInt8],
        at offset: Int,
        payload: [UInt8],
        at payloadOffset: Int
    ) -> Bool {
        guard payloadOffset + Int(payloadLength) <= payload.count else { return false }
        var crc = CRC32C(seed: kind == .head ? 0 : logID)
        crc.update(bytes, offset..<offset + 60)
        crc.update(payload, payloadOffset..<payloadOffset + Int(payloadLength))
        return crc.value == checksum
    }
}

/// What a frame holds.
package enum FrameKind: UInt8, CaseIterable, Sendable {
    /// First of a segment: which log, from which sequence on, the clocks.
    case head = 1
    /// What tenant and policy numbers mean from here on in this segment.
    case names = 2
    /// An OTLP request of one tenant and one signal.
    case otlp = 3
    /// Agent events.
    case event = 4
    /// What had to be given up.
    case ledger = 5
    /// How far a deriver has got.
    case mark = 6
    /// What settling adds to a stored item; in the file beside the segment.
    case note = 7
    /// Where a frame was whose items are gone: its header with the number of items, and why.
    case tombstone = 8
    /// Last of a sealed segment.
    case footer = 9

    /// Whether frames of this kind hold items, which every destination must see.
    package var holdsItems: Bool { self == .otlp || self == .event }

    /// Whether every destination must account for the frame's items, also where they are not there any more.
    package var countsItems: Bool { holdsItems || self == .tombstone }
}

package struct FrameFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let compressed = FrameFlags(rawValue: 1 << 0)
    package static let encrypted = FrameFlags(rawValue: 1 << 1)
    package static let reduced = FrameFlags(rawValue: 1 << 2)
    package static let imported = FrameFlags(rawValue: 1 << 3)
    package static let derived = FrameFlags(rawValue: 1 << 4)
    /// Its items are settled and measured by nobody here: they came understood, or are carried as they came.
    package static let understood = FrameFlags(rawValue: 1 << 5)
    /// Another frame of this commit group follows.
    package static let more = FrameFlags(rawValue: 1 << 6)
    /// Everything before this frame was on stable storage when it was written: what is missing before it is damage, what is missing
    /// behind the last such frame of an unsealed segment may be a write that a crash has torn.
    package static let afterSync = FrameFlags(rawValue: 1 << 7)
}

/// Where a frame comes from that another log held before.
package struct FrameOrigin: Hashable, Sendable {
    /// Never 0.
    package var log: UInt64
    package var sequence: UInt64
    package var firstItem: UInt32

    package init(log: UInt64, sequence: UInt64, firstItem: UInt32) {
        self.log = log
        self.sequence = sequence
        self.firstItem = firstItem
    }
}
