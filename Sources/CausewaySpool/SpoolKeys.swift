internal import CausewayPlatform

/// The keys of a spool: the one that new segments are encrypted with, and those that older ones may have been.
package struct SpoolKeys: Equatable, Sendable {
    /// Nil: what is appended is not encrypted.
    package var current: SpoolKey?
    private var byID: [UInt64: SpoolKey]

    /// `others` are for reading only.
    package init(current: SpoolKey? = nil, others: [SpoolKey] = []) {
        self.current = current
        byID = [:]
        for key in others + [current].compactMap({ $0 }) { byID[key.id] = key }
    }

    package subscript(_ id: UInt64) -> SpoolKey? { byID[id] }

    /// All of them, in a fixed order.
    package var all: [SpoolKey] { byID.values.sorted { $0.id < $1.id } }
}

extension SpoolKeys {
    /// That these keys are not there, and what to do.
    static func missing(_ ids: Set<UInt64>) -> String {
        let names = ids.sorted().map { $0 == 0 ? "that its damaged head does not name" : SpoolKey.name($0) }.joined(separator: ", ")
        return "what is in it is encrypted with key \(names), which is not given: "
            + "name it in spool.encryption (key, key_file or previous_keys), or with --key-file"
    }
}

/// One key: 32 bytes, and the number by which segments name it without telling it.
package struct SpoolKey: Sendable {
    package let id: UInt64
    let cipher: AESGCM

    /// The number is the first eight bytes of an HMAC-SHA-256 of a fixed text; 0 would mean none.
    package init(_ bytes: [UInt8]) {
        cipher = AESGCM(key: bytes)
        let digest = HMAC.sha256([UInt8]("causeway spool key id v1".utf8), key: bytes)
        id = max(digest.littleEndian64(at: 0), 1)
    }

    /// Reads 32 bytes written as 64 hexadecimal digits or as Base64, with white space around; nil for anything else.
    package init?(text: [UInt8]) {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        let start = text.drop(while: isSpace)
        let word = start.dropLast(start.reversed().prefix(while: isSpace).count)
        guard let bytes = Self.hexadecimal(word) ?? Self.base64(word) else { return nil }
        self.init(bytes)
    }

    /// How people name the key.
    package var name: String { Self.name(id) }

    package static func name(_ id: UInt64) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func hexadecimal(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count == 2 * AESGCM.keySize else { return nil }
        var digits: [UInt8] = []
        for byte in text {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            digits.append(UInt8(digit))
        }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// Either alphabet, with or without the sign that fills up.
    private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let digits = text.last == UInt8(ascii: "=") ? text.dropLast() : text
        guard digits.count == 43 else { return nil }
        var bytes: [UInt8] = []
        var (bits, count) = (0 as UInt32, 0)
        for byte in digits {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            default: return nil
            }
            (bits, count) = (bits << 6 | UInt32(value), count + 6)
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes.count == AESGCM.keySize ? bytes : nil
    }
}

extension SpoolKey: Equatable {
    package static func == (left: SpoolKey, right: SpoolKey) -> Bool { left.id == right.id }
}

extension SpoolKey: CustomStringConvertible, CustomReflectable {
    package var description: String { name }
    /// Nothing: a mirror shows no part of it.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
