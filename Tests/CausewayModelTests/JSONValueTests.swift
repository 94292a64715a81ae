import Testing

@testable import CausewayModel

struct JSONValueTests {
    @Test func `a tree keeps the order of members, duplicates too, and the last of them is found`() throws {
        let value = try JSONValue(parsing: Array(#"{"b":1,"a":[true,null,"x"],"b":2}"#.utf8))
        #expect(
            value
                == .object([
                    JSONMember("b", .number(JSONNumber(Int64(1)))),
                    JSONMember("a", .array([.bool(true), .null, .string("x")])),
                    JSONMember("b", .number(JSONNumber(Int64(2)))),
                ])
        )
        #expect(value["b"]?.integer == 2)
        #expect(value["a"]?[2]?.string == "x")
        #expect(value["c"] == nil)
    }

    @Test func `a number keeps its text, so 64-bit integers are exact`() throws {
        let value = try JSONValue(parsing: Array("[9007199254740993,1.10]".utf8))
        #expect(value[0]?.integer == 9_007_199_254_740_993)
        var writer = JSONWriter()
        writer.value(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[9007199254740993,1.10]")
    }

    @Test func `a document nested too deep is refused, not followed`() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 10_000)) }
    }
}
