// Between a payload as its reader wants it and the bytes behind a frame's header, in this order and back:
//
//   compressed   one Zstandard frame (RFC 8878) that states its content's size
//   encrypted    12-byte random nonce, AES-256-GCM ciphertext, 16-byte tag; associated data: bytes 0–59 of the header as it is stored
//
// Each step has its flag in the header. The checksum covers what is stored, so a segment is verified without a key. Which key it is, the
// segment's head says; all its frames have the same.

internal import CausewayPlatform

/// The stored form of payloads in one segment: everything that reads or writes a payload goes through here.
struct StoredForm: Sendable {
    var keys: SpoolKeys
    /// The key that the segment's head names; 0 when it names none. Nil where the head does not hold: then every key is tried.
    var keyID: UInt64?

    /// Nothing longer is compressed, and nothing that says it would become longer is decompressed: what claims more is damage, not data.
    static let maxCompressible = 64 << 20

    /// The payload of an intact frame.
    func opened(_ header: FrameHeader, _ stored: [UInt8]) throws(StoredFormError) -> [UInt8] {
        var payload = stored
        if header.flags.contains(.encrypted) { payload = try decrypted(header, stored) }
        if header.flags.contains(.compressed) {
            do throws(CodecError) {
                payload = try ContentEncoding.zstd.decompressed(payload, limit: Self.maxCompressible)
            } catch {
                throw .damaged(reason: "\(error)")
            }
        }
        return payload
    }

    private func decrypted(_ header: FrameHeader, _ stored: [UInt8]) throws(StoredFormError) -> [UInt8] {
        let associated = header.associatedData
        if let keyID {
            guard keyID != 0 else { throw .damaged(reason: "it says that it is encrypted, and its segment names no key") }
            guard let key = keys[keyID] else { throw .missingKey(keyID) }
            guard let payload = key.cipher.opened(stored, associated: associated) else {
                throw .damaged(reason: "what is encrypted has been changed")
            }
            return payload
        }
        for key in keys.all {
            if let payload = key.cipher.opened(stored, associated: associated) { return payload }
        }
        throw .missingKey(0)
    }

    /// Sets flags and length in `header` and returns what is to stand behind it.
    ///
    /// `compressor` is for Zstandard; its result is used only where it is smaller. `nonce` is for tests.
    func stored(_ payload: [UInt8], _ header: inout FrameHeader, _ compressor: Compressor? = nil, nonce: [UInt8]? = nil) -> [UInt8] {
        var bytes = payload
        header.flags.subtract([.compressed, .encrypted])
        if let compressor, payload.count <= Self.maxCompressible, header.kind?.mayBeCompressed == true {
            let compressed = compressor.compressed(payload)
            if compressed.count < payload.count {
                bytes = compressed
                header.flags.insert(.compressed)
            }
        }
        if let keyID, let key = keys[keyID], header.kind?.isSecret == true {
            header.flags.insert(.encrypted)
            header.payloadLength = UInt32(bytes.count + AESGCM.overhead)
            return key.cipher.sealed(bytes, associated: header.associatedData, nonce: nonce)
        }
        header.payloadLength = UInt32(bytes.count)
        return bytes
    }
}

/// Why an intact frame's payload could not be had.
enum StoredFormError: Error, Equatable, Sendable {
    /// It is encrypted with a key that is not at hand; 0 when nothing says which. It can be read when the key is there.
    case missingKey(UInt64)
    /// It is not what was once stored, though its checksum holds.
    case damaged(reason: String)
}

extension FrameKind {
    /// Whether frames of this kind are encrypted: those with telemetry, with what a destination answered, or with what was made of them.
    ///
    /// Head, names and footer must be readable without a key, a mark says positions, a tombstone numbers.
    var isSecret: Bool {
        switch self {
        case .otlp, .event, .ledger, .note: true
        case .head, .names, .mark, .tombstone, .footer: false
        }
    }

    fileprivate var mayBeCompressed: Bool { self == .otlp || self == .event || self == .note }
}
