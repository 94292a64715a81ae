/// The `Retry-After` header: seconds, or a date in one of HTTP's three forms (RFC 9110, 10.2.3 and 5.6.7).
package enum RetryAfter {
    /// No destination is left alone for longer than this, whatever it asks for: a wrong clock or a typing error must not cost a day of data.
    package static let longest: Duration = .seconds(3600)

    /// The wait that `value` asks for, seen from `now` in wall-clock nanoseconds; nil when it cannot be read. A date in the past is no wait.
    package static func wait(_ value: String, now: UInt64) -> Duration? {
        let text = value.split(separator: " ").joined(separator: " ")
        if !text.isEmpty, text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) {
            // More digits than an Int holds are more than an hour, too.
            return min(.seconds(Int(text) ?? .max), longest)
        }
        guard let date = secondsSince1970(text, now: now) else { return nil }
        return min(max(.seconds(date) - .nanoseconds(Int64(clamping: now)), .zero), longest)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func secondsSince1970(_ text: String, now: UInt64) -> Int? {
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
        switch words.count {
        // Sun, 06 Nov 1994 08:49:37 GMT, and Sunday, 06-Nov-94 08:49:37 GMT
        case 6 where words[5] == "GMT":
            guard let year = number(words[3], digits: words[3].count == 2 ? 2 : 4) else { return nil }
            return seconds(year: words[3].count == 2 ? fullYear(year, now: now) : year, month: words[2], day: words[1], time: words[4])
        // Sun Nov 6 08:49:37 1994
        case 5:
            guard let year = number(words[4], digits: 4) else { return nil }
            return seconds(year: year, month: words[1], day: words[2], time: words[3])
        default: return nil
        }
    }

    /// A year of two digits that seems more than 50 years ahead is the one a century before.
    private static func fullYear(_ year: Int, now: UInt64) -> Int {
        let thisYear = 1970 + Int(now / 1_000_000_000) / 31_556_952
        let guess = thisYear / 100 * 100 + year
        return guess > thisYear + 50 ? guess - 100 : guess
    }

    private static func seconds(year: Int, month: String, day: String, time: String) -> Int? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0), digits: 2) }
        guard
            let month = months.firstIndex(of: month), let day = number(day, digits: day.count == 1 ? 1 : 2), (1...31).contains(day),
            clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2], hour < 24, minute < 60, second <= 60
        else { return nil }
        return daysSince1970(year: year, month: month + 1, day: day) * 86400 + hour * 3600 + minute * 60 + second
    }

    /// Counts from March, so that the leap day is a year's last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }

    private static func number(_ text: String, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
        return Int(text)
    }
}
