/// The 16 bytes that the spans of one trace share; never all zero.
package struct TraceID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, the first of them highest.
    package let high: UInt64
    package let low: UInt64

    /// Nil if both halves are zero: that is no id.
    package init?(high: UInt64, low: UInt64) {
        guard high | low != 0 else { return nil }
        self.high = high
        self.low = low
    }

    /// 32 lowercase hexadecimal digits.
    package var description: String { hexadecimal(high) + hexadecimal(low) }

    package var bytes: [UInt8] { bigEndian(high) + bigEndian(low) }
}

/// The 8 bytes that name a span within its trace; never all zero.
package struct SpanID: Hashable, Sendable, CustomStringConvertible {
    /// The first byte is the highest.
    package let value: UInt64

    /// Nil for zero: that is no id.
    package init?(_ value: UInt64) {
        guard value != 0 else { return nil }
        self.value = value
    }

    /// 16 lowercase hexadecimal digits.
    package var description: String { hexadecimal(value) }

    package var bytes: [UInt8] { bigEndian(value) }
}

private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

private func bigEndian(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
}
