internal import CausewayModel

/// Moments as programs write them: RFC 3339, with the liberties that are common (a space for the `T`, no zone for UTC).
package enum Moment {
    /// Nanoseconds since 1970; nil if the text is no moment after that.
    package static func nanoseconds(_ text: String) -> UInt64? {
        let bytes = Array(text.utf8)
        return nanoseconds(bytes, bytes.indices)
    }

    /// The same of a text among bytes.
    static func nanoseconds(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64? {
        let end = range.upperBound
        var index = range.lowerBound
        func number(_ digits: Int) -> Int? {
            guard index + digits <= end else { return nil }
            var value = 0
            for byte in bytes[index..<index + digits] {
                guard byte &- 0x30 < 10 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            index += digits
            return value
        }
        func one(of letter: Unicode.Scalar, _ second: Unicode.Scalar? = nil, _ third: Unicode.Scalar? = nil) -> Bool {
            guard index < end else { return false }
            let byte = UInt32(bytes[index])
            guard byte == letter.value || byte == second?.value || byte == third?.value else { return false }
            index += 1
            return true
        }
        guard let year = number(4), one(of: "-"), let month = number(2), one(of: "-"), let day = number(2), one(of: "T", "t", " "),
            let hour = number(2), one(of: ":"), let minute = number(2), one(of: ":"), let second = number(2),
            1...12 ~= month, 1...31 ~= day, hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction: UInt64 = 0
        if one(of: ".", ",") {
            var scale: UInt64 = 100_000_000
            while index < end, bytes[index] &- 0x30 < 10 {
                fraction += UInt64(bytes[index] - 0x30) * scale
                scale /= 10
                index += 1
            }
        }
        var offset = 0
        if index < end, !one(of: "Z", "z") {
            let sign = bytes[index] == UInt8(ascii: "-") ? -1 : 1
            guard one(of: "+", "-"), let hours = number(2) else { return nil }
            _ = one(of: ":")
            offset = sign * (hours * 3600 + (number(2) ?? 0) * 60)
        }
        guard index == end else { return nil }
        let time = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        let seconds = time.secondsSince1970 - Int64(offset)
        guard seconds >= 0, seconds < 18_000_000_000 else { return nil }
        return UInt64(seconds) * 1_000_000_000 + fraction
    }
}
