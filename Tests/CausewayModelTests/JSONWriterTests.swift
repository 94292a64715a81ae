import Testing

@testable import CausewayModel

struct JSONWriterTests {
    private func text(pretty: Bool = false, _ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(pretty: pretty)
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func sample(_ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("a")
        writer.integer(Int64(-1))
        writer.key("b")
        writer.beginArray()
        writer.bool(true)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.endArray()
        writer.key("c")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
    }

    @Test func `compact text has no white space`() {
        #expect(text(sample) == #"{"a":-1,"b":[true,null,{}],"c":[]}"#)
    }

    @Test func `pretty text has a member a line and empty containers closed up`() {
        #expect(
            text(pretty: true, sample) == """
                {
                  "a": -1,
                  "b": [
                    true,
                    null,
                    {}
                  ],
                  "c": []
                }
                """
        )
    }

    @Test func `control characters are escaped, also those that only terminals mind`() {
        #expect(
            text { $0.string("\"\\/\u{8}\t\n\u{C}\r\0\u{1B}[31m\u{7F}\u{9B}é🚂") } == #""\"\\/\b\t\n\f\r\u0000\u001b[31m\u007f\u009bé🚂""#
        )
    }

    @Test func `text that is not UTF-8 is repaired`() {
        let bytes: [UInt8] = [0x61, 0xC0, 0x80, 0x62, 0xE2, 0x82]
        #expect(text { $0.string(bytes.indices, of: bytes) } == "\"a\u{FFFD}\u{FFFD}b\u{FFFD}\"")
    }

    @Test(arguments: [(0.1, "0.1"), (-0.0, "-0.0"), (1e300, "1e+300"), (Double.leastNonzeroMagnitude, "5e-324"), (Double.infinity, "null")])
    func `a double reads back as the same double`(value: Double, expected: String) {
        #expect(text { $0.double(value) } == expected)
    }
}
