/// A moment of the wall clock in nanoseconds since 1970-01-01T00:00:00Z, and its form in RFC 3339.
///
/// Always UTC and the proleptic Gregorian calendar; leap seconds do not exist, as in POSIX.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// With milliseconds, which is what people read: `2026-01-01T00:00:00.000Z`.
    package var description: String { text(fractionDigits: 3) }

    /// `fractionDigits` from 0 to 9; what is finer is cut off, never rounded into the next second.
    package func text(fractionDigits: Int) -> String {
        precondition((0...9).contains(fractionDigits))
        let seconds = nanoseconds / 1_000_000_000
        let time = CivilTime(secondsSince1970: Int64(seconds))
        var text = "\(padded(time.year, 4))-\(padded(time.month, 2))-\(padded(time.day, 2))"
        text += "T\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
        if fractionDigits > 0 {
            text += "." + padded(Int(nanoseconds % 1_000_000_000), 9).prefix(fractionDigits)
        }
        return text + "Z"
    }
}

/// A date and time of day in UTC, as a calendar on the wall shows it.
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    /// From 1.
    package var month: Int
    /// From 1.
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    package init(secondsSince1970 seconds: Int64) {
        let days = Int(seconds.flooredQuotient(by: 86_400))
        let rest = Int(seconds - Int64(days) * 86_400)
        (year, month, day) = Self.date(daysSince1970: days)
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
    }

    package var secondsSince1970: Int64 {
        Int64(Self.days(year: year, month: month, day: day)) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    // Years are counted from the first of March, so that the leap day is the last day of its year, and in eras of
    // 400 years, after which the calendar repeats (146 097 days). 719 468 days lie between 0000-03-01 and 1970-01-01.

    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = Int(Int64(shifted).flooredQuotient(by: 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let era = Int(Int64(yearFromMarch).flooredQuotient(by: 400))
        let yearOfEra = yearFromMarch - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Int64 {
    /// Rounded down, also below zero.
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
