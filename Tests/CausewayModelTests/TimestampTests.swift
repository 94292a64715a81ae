import CausewayModel
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_799, "2000-02-29T23:59:59.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_078_012_800, "2004-02-29T00:00:00.000Z"),
            (1_767_225_599, "2025-12-31T23:59:59.000Z"),
            (1_767_225_600, "2026-01-01T00:00:00.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000Z"),
        ] as [(UInt64, String)]
    )
    func `a moment is written as RFC 3339 in UTC`(_ seconds: UInt64, _ text: String) {
        #expect(Timestamp(nanoseconds: seconds * 1_000_000_000).description == text)
    }

    @Test func `what is finer than the asked digits is cut off and never rounded up`() {
        let moment = Timestamp(nanoseconds: 1_767_225_599_999_999_999)
        #expect(moment.text(fractionDigits: 3) == "2025-12-31T23:59:59.999Z")
        #expect(moment.text(fractionDigits: 0) == "2025-12-31T23:59:59Z")
        #expect(moment.text(fractionDigits: 9) == "2025-12-31T23:59:59.999999999Z")
        #expect(Timestamp(nanoseconds: 1_000_001).text(fractionDigits: 6) == "1970-01-01T00:00:00.001000Z")
    }

    @Test func `the largest moment has a form`() {
        #expect(Timestamp(nanoseconds: .max).description == "2554-07-21T23:34:33.709Z")
    }

    @Test func `every day of four centuries goes to a date and back, one day after the other`() {
        var expected = CivilTime(year: 1800, month: 1, day: 1)
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let first = expected.secondsSince1970
        for day in 0..<Int64(146_097) {
            let time = CivilTime(secondsSince1970: first + day * 86_400)
            guard time == expected, time.secondsSince1970 == first + day * 86_400 else {
                Issue.record("day \(day): \(time), expected \(expected)")
                return
            }
            let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
            expected.day += 1
            if expected.day > lengths[expected.month - 1] + (expected.month == 2 && isLeap ? 1 : 0) {
                expected.day = 1
                expected.month += 1
            }
            if expected.month > 12 {
                expected.month = 1
                expected.year += 1
            }
        }
        #expect(expected == CivilTime(year: 2200, month: 1, day: 1))
    }

    @Test func `a moment before 1970 falls into the day it belongs to`() {
        #expect(CivilTime(secondsSince1970: -1) == CivilTime(year: 1969, month: 12, day: 31, hour: 23, minute: 59, second: 59))
    }
}
