/// A number of bytes, written in configuration as `8MiB`, `4GiB`, `64kB` or a plain number.
package struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var bytes: Int

    package init(_ bytes: Int) { self.bytes = bytes }

    package static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }
    package static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }
    package static func gibibytes(_ count: Int) -> ByteCount { ByteCount(count << 30) }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// The largest unit that divides the count without a rest.
    package var description: String {
        for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes != 0 && bytes % size == 0 {
            return "\(bytes / size)\(unit)"
        }
        return "\(bytes)B"
    }

    private static let units: [String: Int] = [
        "": 1, "b": 1,
        "k": 1000, "kb": 1000, "m": 1_000_000, "mb": 1_000_000, "g": 1_000_000_000, "gb": 1_000_000_000,
        "t": 1_000_000_000_000, "tb": 1_000_000_000_000,
        "ki": 1 << 10, "kib": 1 << 10, "mi": 1 << 20, "mib": 1 << 20, "gi": 1 << 30, "gib": 1 << 30, "ti": 1 << 40, "tib": 1 << 40,
    ]

    /// Reads `8MiB`, `1.5 GB`, `512`; nil for anything else, for a negative number, and beyond `Int`.
    package init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        guard let size = Self.units[unit], let number = Double(digits), number >= 0 else { return nil }
        if let whole = Int(digits) {
            let (bytes, overflow) = whole.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            self.bytes = bytes
        } else {
            guard number * Double(size) < 9e18 else { return nil }
            self.bytes = Int(number * Double(size))
        }
    }
}
