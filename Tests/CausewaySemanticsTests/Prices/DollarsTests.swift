import CausewaySemantics
import Testing

/// Money, exactly.
struct DollarsTests {
    static let texts: [(String, Int, String)] = [
        ("1.5e-08", 0, "0.000000015"), ("2.5", 6, "0.0000025"), ("0", 0, "0"), ("-0", 0, "0"), ("1E+1", 6, "0.00001"),
        ("0.075", 6, "0.000000075"),
        ("1.0000000000000001e-07", 0, "0.0000001"), ("3.0001999999999996E-7", 0, "0.00000030002"), ("12", 0, "12"), ("00012.50", 0, "12.5"),
        ("1e-30", 0, "0"), ("0.0000000000000000004", 0, "0"), ("0.0000000000000000005", 0, "0.000000000000000001"),
        ("1000000", 0, "1000000"),
        ("123456789012345678901234567890123456789e-36", 0, "123.456789012345678901"), (".5", 0, "0.5"), ("5.", 0, "5"),
        ("1e-99999999", 0, "0"),
    ]

    @Test(arguments: texts)
    func `a price is read digit by digit`(text: String, per: Int, expected: String) throws {
        #expect(try Dollars(text, perPowerOfTen: per).text == expected)
    }

    static let mistakes: [(String, Dollars.Mistake)] = [
        ("", .notANumber), ("abc", .notANumber), ("1.2.3", .notANumber), ("1e", .notANumber), ("1e+", .notANumber), ("NaN", .notANumber),
        ("Infinity", .notANumber), ("0x10", .notANumber), (" 1", .notANumber), ("-1", .negative), ("-1e-9", .negative), ("1e7", .tooLarge),
        ("1e999999999999", .tooLarge), (".", .notANumber), ("--1", .notANumber), ("1,5", .notANumber),
    ]

    @Test(arguments: mistakes)
    func `what is no price is none`(text: String, mistake: Dollars.Mistake) {
        #expect(throws: mistake) { try Dollars(text) }
    }

    @Test func `half a nano-dollar is rounded upwards, once`() throws {
        #expect(try Dollars("0.0000000005").nano == 1)
        #expect(try Dollars("0.000000000499999999").nano == 0)
        #expect(try Dollars("0.0000000014999").nano == 1)
        let third = try Dollars("0.0000000003")
        #expect(third.times(3)?.nano == 1)
        #expect(try Dollars("12.345").rounded == 12.345)
        #expect(Dollars.text(nano: 12_500) == "0.000012500")
    }

    @Test func `what cannot be counted is no amount`() throws {
        #expect(try Dollars("1000000").times(.max) == nil || Dollars("1000000").times(.max)!.atto > 0)
        #expect(Dollars(atto: .max).times(2) == nil)
        #expect(Dollars(atto: .max).times(millionths: 1_100_000) == nil)
    }
}
