/// A frame as a caller hands it in: everything but its sequence and checksum.
package struct FrameDraft: Equatable, Sendable {
    package var kind: FrameKind
    package var signal: UInt8
    package var flags: FrameFlags
    /// The tenant's name; empty for the default tenant.
    package var tenant: String
    /// SHA-256 of the policy that made the frame; empty when there is none.
    package var policy: [UInt8]
    package var items: Int
    package var receivedNanoseconds: UInt64
    package var origin: FrameOrigin?
    package var payload: [UInt8]

    package init(
        kind: FrameKind,
        signal: UInt8 = 0,
        flags: FrameFlags = [],
        tenant: String = "",
        policy: [UInt8] = [],
        items: Int = 0,
        receivedNanoseconds: UInt64,
        origin: FrameOrigin? = nil,
        payload: [UInt8]
    ) {
        self.kind = kind
        self.signal = signal
        self.flags = flags
        self.tenant = tenant
        self.policy = policy
        self.items = items
        self.receivedNanoseconds = receivedNanoseconds
        self.origin = origin
        self.payload = payload
    }
}
