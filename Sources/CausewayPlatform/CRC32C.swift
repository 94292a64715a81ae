internal import CCauseway

/// CRC-32C (Castagnoli), by the processor's instruction where it has one.
package struct CRC32C {
    private var state: UInt32

    /// `seed` is mixed in as if its bytes came first.
    package init(seed: UInt64 = 0) {
        state = ~0
        if seed != 0 {
            unsafe withUnsafeBytes(of: seed.littleEndian) { unsafe state = causeway_crc32c(state, $0.baseAddress, $0.count) }
        }
    }

    package mutating func update(_ bytes: [UInt8], _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe state = causeway_crc32c(state, base + range.lowerBound, range.count)
        }
    }

    package mutating func update(_ bytes: [UInt8]) { update(bytes, 0..<bytes.count) }

    package var value: UInt32 { ~state }
}
