import Testing

@testable import CausewayModel

/// Integers exact to 64 bits, doubles rounded once.
struct JSONNumberTests {
    @Test(arguments: [
        ("0", JSONNumber.Integer.positive(0)),
        ("-0", .positive(0)),
        ("0e99999999999999999999", .positive(0)),
        ("7", .positive(7)),
        ("-7", .negative(7)),
        ("18446744073709551615", .positive(.max)),
        ("18446744073709551616", .tooLarge),
        ("-9223372036854775808", .negative(1 << 63)),
        ("1e3", .positive(1000)),
        ("1.5e3", .positive(1500)),
        ("1.50", .fraction),
        ("2.000", .positive(2)),
        ("1000e-3", .positive(1)),
        ("1001e-3", .fraction),
        ("1e19", .positive(10_000_000_000_000_000_000)),
        ("1e20", .tooLarge),
        ("1e999999999999999999999", .tooLarge),
        ("1e-999999999999999999999", .fraction),
        ("123456789012345678901234567890", .tooLarge),
        ("0.123456789012345678901234567890", .fraction),
        ("100000000000000000000000e-10", .positive(10_000_000_000_000)),
    ])
    func `a number is the integer it stands for, however it is written`(text: String, integer: JSONNumber.Integer) {
        #expect(JSONNumber(text: text).integer == integer)
    }

    @Test func `the edges of 64 bits are kept and what is beyond is not wrapped`() {
        #expect(JSONNumber(text: "-9223372036854775808").integer.int64 == .min)
        #expect(JSONNumber(text: "-9223372036854775809").integer.int64 == nil)
        #expect(JSONNumber(text: "9223372036854775807").integer.int64 == .max)
        #expect(JSONNumber(text: "9223372036854775808").integer.int64 == nil)
        #expect(JSONNumber(text: "-1").integer.uint64 == nil)
    }

    @Test(arguments: [
        "0.1", "-0.0", "1e22", "1e23", "5e-324", "1.7976931348623157e308", "9007199254740993", "2.5", "123456789.125e-7", "1e-7",
    ])
    func `a double is the nearest one`(text: String) {
        #expect(JSONNumber(text: text).double?.bitPattern == Double(text)?.bitPattern)
    }

    @Test func `a number beyond the range of doubles is none, one too small is zero`() {
        #expect(JSONNumber(text: "1e309").double == nil)
        #expect(JSONNumber(text: "-1e99999").double == nil)
        #expect(JSONNumber(text: "1e-400").double == 0)
        #expect(JSONNumber(Double.nan) == nil)
    }
}
