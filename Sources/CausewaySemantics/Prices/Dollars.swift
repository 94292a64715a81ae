/// An amount of money, or a price of one unit, as a whole number of 10⁻¹⁸ dollars.
///
/// Published prices have up to twelve digits behind the point per million tokens; what lies beyond the eighteenth digit is noise of
/// floating point. A bill is added up exactly and rounded once, to a nano-dollar.
package struct Dollars: Hashable, Comparable, Sendable {
    /// Attodollars.
    package var atto: Int128

    package init(atto: Int128) { self.atto = atto }

    package static let zero = Dollars(atto: 0)

    package static func < (left: Dollars, right: Dollars) -> Bool { left.atto < right.atto }

    /// The most that one unit of anything may cost. More is a mistake, not a price.
    static let limit = Dollars(atto: 1_000_000_000_000_000_000_000_000)

    /// Why a text is no price.
    package enum Mistake: String, Error, Sendable {
        case notANumber = "not a number"
        case negative = "negative"
        case tooLarge = "more than a million dollars"
    }

    /// A price written as a decimal number, with an exponent or without; `per` units have it, a power of ten.
    package init(_ text: some Collection<UInt8>, perPowerOfTen per: Int = 0) throws(Mistake) {
        var digits: UInt128 = 0
        // Behind the point, and digits left out before it.
        var places = 0
        var isFraction = false
        var hasDigits = false
        var isNegative = false
        var index = text.startIndex
        if index < text.endIndex, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            isNegative = text[index] == UInt8(ascii: "-")
            index = text.index(after: index)
        }
        scan: while index < text.endIndex {
            let byte = text[index]
            switch byte {
            case 0x30...0x39:
                hasDigits = true
                if digits < 1_000_000_000_000_000_000_000_000_000_000 {
                    digits = digits * 10 + UInt128(byte - 0x30)
                    if isFraction { places += 1 }
                } else if !isFraction {
                    places -= 1
                }
            case UInt8(ascii: ".") where !isFraction: isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
            default: throw .notANumber
            }
            index = text.index(after: index)
        }
        guard hasDigits else { throw .notANumber }
        var exponent = 0
        if index < text.endIndex {
            index = text.index(after: index)
            var sign = 1
            if index < text.endIndex, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
                if text[index] == UInt8(ascii: "-") { sign = -1 }
                index = text.index(after: index)
            }
            guard index < text.endIndex else { throw .notANumber }
            while index < text.endIndex {
                guard 0x30...0x39 ~= text[index] else { throw .notANumber }
                if exponent < 100_000 { exponent = exponent * 10 + Int(text[index] - 0x30) }
                index = text.index(after: index)
            }
            exponent *= sign
        }
        guard digits != 0 else {
            self = .zero
            return
        }
        if isNegative { throw .negative }
        let shift = 18 - places + exponent - per
        if shift >= 0 {
            guard shift < 38, let scaled = digits.scaled(by: shift), scaled <= UInt128(Self.limit.atto) else { throw .tooLarge }
            atto = Int128(scaled)
        } else {
            guard shift > -38 else {
                self = .zero
                return
            }
            let divisor = UInt128.powerOfTen(-shift)
            let rounded = digits / divisor + (digits % divisor >= divisor - divisor / 2 ? 1 : 0)
            guard rounded <= UInt128(Self.limit.atto) else { throw .tooLarge }
            atto = Int128(rounded)
        }
    }

    package init(_ text: String, perPowerOfTen per: Int = 0) throws(Mistake) { try self.init(Array(text.utf8), perPowerOfTen: per) }

    /// Rounded to a nano-dollar, half of one upwards.
    package var nano: Int128 {
        // What calls cost fits into half of the bits, in which a division takes a tenth of the time.
        if let small = UInt64(exactly: atto), small <= UInt64.max - 500_000_000 { return Int128((small + 500_000_000) / 1_000_000_000) }
        let unit: Int128 = 1_000_000_000
        let half = unit / 2
        return atto >= 0 ? (atto + half) / unit : -((-atto + half) / unit)
    }

    /// The nearest double to the nano-dollars.
    package var rounded: Double {
        let nano = nano
        // What 64 bits hold is converted by the processor, the rest by code that takes a microsecond.
        return (Int64(exactly: nano).map { Double($0) } ?? Double(nano)) / 1e9
    }

    /// So many units at this price; nil beyond anything that can be meant.
    package func times(_ count: Int64) -> Dollars? {
        if let price = UInt64(exactly: atto), count >= 0 {
            let product = price.multipliedFullWidth(by: UInt64(count))
            // Less than 2^127, for a count has 63 bits.
            return Dollars(atto: Int128(truncatingIfNeeded: product.high) << 64 | Int128(product.low))
        }
        let (product, overflow) = atto.multipliedReportingOverflow(by: Int128(count))
        return overflow ? nil : Dollars(atto: product)
    }

    /// So many millionths of it, rounded to an attodollar.
    package func times(millionths: Int64) -> Dollars? {
        let (product, overflow) = atto.multipliedReportingOverflow(by: Int128(millionths))
        return overflow ? nil : Dollars(atto: (product + 500_000) / 1_000_000)
    }

    /// As a decimal number, without zeros at its end.
    package var text: String { Self.text(atto, places: 18) }

    /// Nano-dollars as a decimal number, with all nine digits.
    package static func text(nano: Int128) -> String {
        let (whole, part) = nano.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        let digits = String(part)
        return (nano < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: 9 - digits.count) + digits
    }

    private static func text(_ value: Int128, places: Int) -> String {
        let (whole, part) = value.magnitude.quotientAndRemainder(dividingBy: UInt128.powerOfTen(places))
        guard part > 0 else { return (value < 0 ? "-" : "") + "\(whole)" }
        var digits = String(part)
        digits = String(repeating: "0", count: places - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return (value < 0 ? "-" : "") + "\(whole).\(digits)"
    }
}

extension UInt128 {
    /// `exponent` below 39.
    fileprivate static func powerOfTen(_ exponent: Int) -> UInt128 {
        var value: UInt128 = 1
        for _ in 0..<exponent { value *= 10 }
        return value
    }

    fileprivate func scaled(by exponent: Int) -> UInt128? {
        let (product, overflow) = multipliedReportingOverflow(by: .powerOfTen(exponent))
        return overflow ? nil : product
    }
}
