internal import CCauseway

/// HMAC with SHA-256 (RFC 2104): a digest that only who has the key can make.
package enum HMAC {
    /// 32 bytes.
    package static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var isMade = false
        let digest = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, filled in
            isMade = unsafe causeway_hmac_sha256(key, key.count, message, message.count, buffer.baseAddress) == 1
            filled = 32
        }
        precondition(isMade, "libcrypto would not make a digest")
        return digest
    }
}
