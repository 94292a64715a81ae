/// A JSON number as it was written, so that 64-bit integers stay exact and nothing is rounded before someone asks.
package struct JSONNumber: Hashable, Sendable {
    /// The digits as they stand in the text.
    package let text: String

    package init(_ integer: Int64) { text = String(integer) }

    package init(_ integer: UInt64) { text = String(integer) }

    /// Nil for what JSON has no number for: the infinities and NaN.
    package init?(_ double: Double) {
        guard double.isFinite else { return nil }
        text = double.description
    }

    init(text: String) { self.text = text }

    /// How the number reads as an integer; `1e3` and `2.0` are integers, `0.5` is not.
    package var integer: Integer {
        let bytes = Array(text.utf8)
        return Self.integer(bytes, 0..<bytes.count)
    }

    /// The nearest double; nil beyond its range.
    package var double: Double? {
        let bytes = Array(text.utf8)
        return Self.double(bytes, 0..<bytes.count)
    }
}

extension JSONNumber {
    /// What a number's text says about integers.
    package enum Integer: Hashable, Sendable {
        case positive(UInt64)
        /// Below zero; the magnitude.
        case negative(UInt64)
        case fraction
        /// Beyond 64 bits.
        case tooLarge

        package var int64: Int64? {
            switch self {
            case .positive(let value): Int64(exactly: value)
            case .negative(let magnitude): magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
            case .fraction, .tooLarge: nil
            }
        }

        package var uint64: UInt64? {
            guard case .positive(let value) = self else { return nil }
            return value
        }
    }

    /// Where the number that begins at `start` ends by RFC 8259's grammar; nil when what stands there is not a number.
    package static func end(of bytes: [UInt8], from start: Int, before end: Int) -> Int? {
        var index = start
        func digits() -> Bool {
            let first = index
            while index < end, bytes[index] &- 0x30 < 10 { index += 1 }
            return index > first
        }
        if index < end, bytes[index] == UInt8(ascii: "-") { index += 1 }
        let whole = index
        guard digits(), bytes[whole] != UInt8(ascii: "0") || index == whole + 1 else { return nil }
        if index < end, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard digits() else { return nil }
        }
        if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < end, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
            guard digits() else { return nil }
        }
        return index
    }

    /// The integer which a well-formed number in `bytes` stands for.
    package static func integer(_ bytes: [UInt8], _ range: Range<Int>) -> Integer {
        let decimal = Decimal(bytes, range)
        if decimal.digitsOverflow { return decimal.exponent < 0 ? .fraction : .tooLarge }
        if decimal.digits == 0 { return .positive(0) }
        if decimal.exponent < 0 { return .fraction }
        var magnitude = decimal.digits
        for _ in 0..<min(decimal.exponent, 20) {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            if overflow { return .tooLarge }
            magnitude = product
        }
        return decimal.isNegative ? .negative(magnitude) : .positive(magnitude)
    }

    /// The double nearest to a well-formed number in `bytes`; nil beyond the range of doubles.
    package static func double(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
        let decimal = Decimal(bytes, range)
        // Both factors are exact doubles here, so one multiplication or division rounds correctly.
        if !decimal.digitsOverflow, decimal.digits < 1 << 53, -22...22 ~= decimal.exponent {
            let digits = Double(decimal.digits)
            let power = powersOfTen[abs(decimal.exponent)]
            let magnitude = decimal.exponent < 0 ? digits / power : digits * power
            return decimal.isNegative ? -magnitude : magnitude
        }
        guard let value = Double(String(decoding: bytes[range], as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// A number taken apart: `digits × 10^exponent`, the digits without zeros at their end.
    private struct Decimal {
        var isNegative = false
        var digits: UInt64 = 0
        var exponent = 0
        /// More digits than 64 bits hold.
        var digitsOverflow = false

        init(_ bytes: [UInt8], _ range: Range<Int>) {
            var zeros = 0
            var fractionDigits = 0
            var inFraction = false
            var index = range.lowerBound
            while index < range.upperBound, bytes[index] | 0x20 != UInt8(ascii: "e") {
                let byte = bytes[index]
                index += 1
                if byte == UInt8(ascii: "-") {
                    isNegative = true
                    continue
                }
                if byte == UInt8(ascii: ".") {
                    inFraction = true
                    continue
                }
                if inFraction { fractionDigits += 1 }
                if byte == UInt8(ascii: "0") {
                    zeros += 1
                } else {
                    append(byte - 0x30, after: zeros)
                    zeros = 0
                }
            }
            exponent = zeros - fractionDigits + Self.writtenExponent(bytes, index..<range.upperBound)
        }

        private mutating func append(_ digit: UInt8, after zeros: Int) {
            guard !digitsOverflow else { return }
            var places = zeros + 1
            while places > 0, digits != 0, !digitsOverflow {
                (digits, digitsOverflow) = digits.multipliedReportingOverflow(by: 10)
                places -= 1
            }
            let (sum, overflow) = digits.addingReportingOverflow(UInt64(digit))
            digits = sum
            digitsOverflow = digitsOverflow || overflow
        }

        /// The number after `e`; far beyond any use it stops growing.
        private static func writtenExponent(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
            var exponent = 0
            var isNegative = false
            for byte in bytes[range].dropFirst() {
                if byte == UInt8(ascii: "-") {
                    isNegative = true
                } else if byte != UInt8(ascii: "+"), exponent < 1_000_000_000_000 {
                    exponent = exponent * 10 + Int(byte - 0x30)
                }
            }
            return isNegative ? -exponent : exponent
        }
    }
}
