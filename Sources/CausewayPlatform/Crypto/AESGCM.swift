internal import CCauseway

/// AES-256 in Galois/counter mode (NIST SP 800-38D): what it seals can be read and changed only by who has the key.
package struct AESGCM: Sendable {
    package static let keySize = 32
    package static let nonceSize = 12
    package static let tagSize = 16
    /// By how much sealing makes bytes longer.
    package static let overhead = nonceSize + tagSize

    private let key: [UInt8]

    /// `key` has 32 bytes.
    package init(key: [UInt8]) {
        precondition(key.count == Self.keySize, "AES-256 takes 32 bytes")
        self.key = key
    }

    /// Nonce, ciphertext and tag, one behind the other. `associated` is not in it, and must be the same to open it again.
    ///
    /// A nonce must never be used twice with one key; without one it is drawn at random.
    package func sealed(_ plain: [UInt8], associated: [UInt8], nonce: [UInt8]? = nil) -> [UInt8] {
        let nonce = nonce ?? Self.randomNonce()
        precondition(nonce.count == Self.nonceSize, "GCM takes a nonce of 12 bytes")
        var isSealed = false
        let room = plain.count + Self.overhead
        let sealed = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
            guard let start = buffer.baseAddress else { return }
            for (index, byte) in nonce.enumerated() { unsafe buffer[index] = byte }
            isSealed = unsafe causeway_gcm_seal(key, nonce, associated, associated.count, plain, plain.count, start + nonce.count) == 1
            filled = room
        }
        precondition(isSealed, "libcrypto would not encrypt")
        return sealed
    }

    /// What was sealed; nil when a bit of it, of `associated` or of the key is another.
    package func opened(_ sealed: [UInt8], associated: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Self.overhead else { return nil }
        let count = sealed.count - Self.overhead
        var isOpened = false
        // One byte more than none, so that there is an address.
        let plain = unsafe [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, filled in
            unsafe sealed.withUnsafeBufferPointer { source in
                guard let start = source.baseAddress else { return }
                isOpened =
                    unsafe causeway_gcm_open(
                        key,
                        start,
                        associated,
                        associated.count,
                        start + Self.nonceSize,
                        count,
                        buffer.baseAddress
                    ) == 1
            }
            filled = isOpened ? count : 0
        }
        return isOpened ? plain : nil
    }

    /// From the system's generator, which is fit for it.
    private static func randomNonce() -> [UInt8] {
        // Each call is one of the system.
        var generator = SystemRandomNumberGenerator()
        let (first, second) = (generator.next(), generator.next())
        return (0..<nonceSize).map { UInt8(truncatingIfNeeded: ($0 < 8 ? first : second) >> UInt64($0 % 8 * 8)) }
    }
}
