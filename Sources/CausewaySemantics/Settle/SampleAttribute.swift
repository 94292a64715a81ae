package import CausewayModel
internal import CausewayOTLP

/// An attribute that keeps a trace when one of its items, or their resource, has it.
package struct SampleAttribute: Hashable, Sendable {
    package var key: String
    /// As text; numbers and flags as they are written in JSON.
    package var value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// What stands for the condition in notes: whoever reads them later knows it by this, whatever else was asked for then.
    package var fingerprint: UInt64 {
        let bytes = Array(key.utf8) + [0] + Array(value.utf8)
        return KeyedHash.of(bytes, bytes.indices, 0x6361_7573_6577_6179, 0x7361_6D70_6C65)
    }
}

extension TraceID {
    /// Where the trace lies between 0 and 2³². Not the id's own bits: an agent may have sampled by those.
    package var samplingPlace: UInt32 {
        UInt32(truncatingIfNeeded: KeyedHash.of(high, low, 0x6361_7573_6577_6179, 0x7368_6172_65))
    }
}
