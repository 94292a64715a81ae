internal import CCauseway

/// A digest that two texts never share (FIPS 180-4).
package enum SHA256 {
    /// 32 bytes, of the bytes at `range`.
    package static func digest(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        var isMade = false
        let digest = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, filled in
            isMade = unsafe bytes.withUnsafeBufferPointer { source in
                unsafe causeway_sha256(source.baseAddress.map { unsafe $0 + range.lowerBound }, range.count, buffer.baseAddress) == 1
            }
            filled = 32
        }
        precondition(isMade, "libcrypto would not make a digest")
        return digest
    }

    package static func digest(_ bytes: [UInt8]) -> [UInt8] { digest(bytes, bytes.indices) }
}
