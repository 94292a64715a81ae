import CausewayExporters
import Testing

struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT, the date of HTTP's own examples, less 10.5 s.
    static let now: UInt64 = 784_111_777_000_000_000 - 10_500_000_000

    @Test(arguments: [
        ("0", Duration.zero), ("7", .seconds(7)), (" 120 ", .seconds(120)), ("3600", .seconds(3600)), ("3601", .seconds(3600)),
        ("99999999999999999999999999", .seconds(3600)),
    ])
    func `seconds are honoured, up to an hour`(value: String, expected: Duration) {
        #expect(RetryAfter.wait(value, now: Self.now) == expected)
    }

    @Test(arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func `a date in any of HTTP's forms is honoured`(value: String) {
        #expect(RetryAfter.wait(value, now: Self.now) == .milliseconds(10_500))
        #expect(RetryAfter.wait(value, now: Self.now + 20_000_000_000) == .zero, "the past is no wait")
        #expect(RetryAfter.wait(value, now: 0) == .seconds(3600), "a wrong clock does not cost a day")
    }

    @Test(arguments: [
        // Leap days, ends of years, and centuries that are and are not leap years.
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
        ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
        ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600), ("Fri, 31 Dec 2027 23:59:59 GMT", 1_830_297_599),
        ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400), ("Wednesday, 31-Dec-31 00:00:00 GMT", 1_956_441_600),
    ])
    func `the calendar is right`(value: String, seconds: UInt64) {
        let before = seconds == 0 ? 0 : (seconds - 5) * 1_000_000_000
        #expect(RetryAfter.wait(value, now: before) == (seconds == 0 ? .zero : .seconds(5)))
    }

    @Test(arguments: [
        "", "soon", "-1", "1.5", "+3", "0x10", "١٢", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Abc 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 19944 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37: GMT", "1994-11-06T08:49:37Z", ",,,,,,", "a b c d e f",
    ])
    func `what cannot be read is no wish`(value: String) {
        #expect(RetryAfter.wait(value, now: Self.now) == nil)
    }
}
