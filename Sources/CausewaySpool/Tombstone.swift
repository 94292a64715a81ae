/// What stands in the place of a frame whose items are all gone: why, and how much it was.
///
/// The header before it is that of the frame that was there, with another kind: sequence, tenant, signal, origin and number of items stay,
/// so readers account for them and the books still say what was once appended.
package struct Tombstone: Equatable, Sendable {
    /// The reason under which the items are evicted, as on the ledger: `damaged`, ….
    package var reason: String
    /// The kind of the frame that was there.
    package var kindNumber: UInt8
    /// Bytes of its payload as they were stored.
    package var payloadBytes: UInt64

    package init(reason: String, kindNumber: UInt8, payloadBytes: UInt64) {
        self.reason = reason
        self.kindNumber = kindNumber
        self.payloadBytes = payloadBytes
    }

    private enum Number {
        static let reason: UInt16 = 1
        static let kind: UInt16 = 2
        static let payloadBytes: UInt16 = 3
    }

    package var payload: [UInt8] {
        var fields = Fields()
        fields.add(Number.reason, reason)
        fields.add(Number.kind, UInt64(kindNumber))
        fields.add(Number.payloadBytes, payloadBytes)
        return fields.bytes
    }

    package init?(payload: [UInt8]) {
        let fields = Fields(payload)
        guard let reason = fields.first(Number.reason)?.text else { return nil }
        self.reason = reason
        kindNumber = UInt8(truncatingIfNeeded: fields.first(Number.kind)?.number ?? 0)
        payloadBytes = fields.first(Number.payloadBytes)?.number ?? 0
    }

    /// The header and payload that take the place of the frame with this header.
    static func replacing(_ header: FrameHeader, reason: String) -> (header: FrameHeader, payload: [UInt8]) {
        let tombstone = Tombstone(reason: reason, kindNumber: header.kindNumber, payloadBytes: UInt64(header.payloadLength))
        var new = header
        new.kindNumber = FrameKind.tombstone.rawValue
        new.flags.subtract([.compressed, .encrypted, .reduced])
        let payload = tombstone.payload
        new.payloadLength = UInt32(payload.count)
        return (new, payload)
    }
}
