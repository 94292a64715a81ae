import CausewayModel
import Testing

@testable import CausewayOTLP

/// From protobuf to JSON.
struct JSONEncodingTests {
    @Test(arguments: Signal.allCases)
    func `every field and kind of value is written as the protobuf library writes it`(signal: Signal) throws {
        let ours = try OTLPJSON.json(fromProtobuf: try Fixtures.bytes("otlp-json/everything.\(signal.name).pb"), signal: signal)
        #expect(try JSONMeaning(ours) == JSONMeaning(try Fixtures.bytes("otlp-json/everything.\(signal.name).json")))
    }

    @Test(arguments: [
        ("ag2/agent_tools.otlp", Signal.traces), ("claude-code/agent_tools.2.logs", .logs), ("claude-code/agent_tools.3.metrics", .metrics),
        ("fastmcp/mcp_tools.otlp", .traces), ("openinference-langchain/agent_tools.otlp", .traces),
        ("strands-agents/agent_tools.metrics", .metrics), ("strands-agents/agent_tools.otlp", .traces),
    ])
    func `captured requests are written as the protobuf library writes them`(name: String, signal: Signal) throws {
        let ours = try OTLPJSON.json(fromProtobuf: try Fixtures.bytes("corpus/\(name).pb"), signal: signal)
        let expected = try Fixtures.bytes("otlp-json/expected/\(name.replacing("/", with: ".")).json")
        #expect(try JSONMeaning(ours) == JSONMeaning(expected))
    }

    @Test func `fields keep the order of the payload and 64-bit integers are strings`() throws {
        // resourceSpans { scopeSpans { spans { spanId, traceId, startTimeUnixNano, flags } } }
        let span: [UInt8] = [0x12, 1, 0xAB, 0x0A, 1, 0xCD, 0x39, 1, 0, 0, 0, 0, 0, 0, 0x80, 0x85, 0x01, 1, 1, 0, 0]
        let payload: [UInt8] = Self.nested([1, 2, 2], span)
        #expect(
            try json(payload)
                == #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"spanId":"ab","traceId":"cd","startTimeUnixNano":"9223372036854775809","flags":257}]}]}]}"#
        )
    }

    @Test func `a default that says nothing is left out, a value that is set is not`() throws {
        // An attribute with intValue 0 and one with nothing in its value; kind 0 beside them.
        let zero: [UInt8] = [0x0A, 1, 0x61, 0x12, 2, 0x18, 0]
        let empty: [UInt8] = [0x0A, 1, 0x62, 0x12, 0]
        let span = [0x30, 0] + Self.nested([9], zero) + Self.nested([9], empty)
        #expect(
            try json(Self.nested([1, 2, 2], span))
                == #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"a","value":{"intValue":"0"}},{"key":"b","value":{}}]}]}]}]}"#
        )
    }

    @Test func `elements that came apart are gathered, of a single field the last counts, parts of a message are one message`() throws {
        // name "x", link, name "y", link; status in two parts: message, then code.
        let span: [UInt8] = [0x2A, 1, 0x78, 0x6A, 0, 0x2A, 1, 0x79, 0x6A, 0, 0x7A, 3, 0x12, 1, 0x6D, 0x7A, 2, 0x18, 2]
        #expect(
            try json(Self.nested([1, 2, 2], span))
                == #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"y","links":[{},{}],"status":{"message":"m","code":2}}]}]}]}"#
        )
    }

    @Test func `of a oneof the member given last counts`() throws {
        // stringValue "s", intValue 1, stringValue "t", then boolValue false.
        let attribute = Self.nested([2], [0x0A, 1, 0x73, 0x18, 1, 0x0A, 1, 0x74, 0x10, 0])
        #expect(
            try json(Self.nested([1, 1, 1], attribute))
                == #"{"resourceSpans":[{"resource":{"attributes":[{"value":{"boolValue":false}}]}}]}"#
        )
    }

    @Test func `repeated numbers are read packed and one by one`() throws {
        // bucketCounts of an exponential histogram's bucket: 1, 2 packed, then 3 alone.
        let point = Self.nested([8], [0x12, 2, 1, 2, 0x10, 3])
        let payload = Self.nested([1, 2, 2, 10, 1], point)
        #expect(
            String(decoding: try OTLPJSON.json(fromProtobuf: payload, signal: .metrics), as: UTF8.self)
                .hasSuffix(#""dataPoints":[{"positive":{"bucketCounts":["1","2","3"]}}]}}]}]}]}"#)
        )
    }

    @Test func `the form for people says the same`() throws {
        let payload = try Fixtures.bytes("otlp-json/everything.traces.pb")
        let compact = try OTLPJSON.json(fromProtobuf: payload, signal: .traces)
        let pretty = try OTLPJSON.json(fromProtobuf: payload, signal: .traces, pretty: true)
        #expect(!compact.contains(UInt8(ascii: "\n")))
        #expect(pretty.starts(with: Array("{\n  \"resourceSpans\": [\n    {\n".utf8)))
        #expect(try JSONMeaning(pretty) == JSONMeaning(compact))
    }

    @Test func `members of a oneof that alternate a hundred thousand times take no time`() throws {
        // metadata, gauge, sum, over and over, in one metric.
        let changes = Array(repeating: [0x62, 0, 0x2A, 0, 0x3A, 0] as [UInt8], count: 100_000).flatMap(\.self)
        let start = ContinuousClock.now
        let json = try OTLPJSON.json(fromProtobuf: Self.nested([1, 2, 2], changes), signal: .metrics)
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(String(decoding: json.suffix(18), as: UTF8.self) == #"{}],"sum":{}}]}]}]}"#.suffix(18))
    }

    @Test func `fields we do not know are left out`() throws {
        #expect(try json([0x98, 0x06, 1] + Self.nested([1], [0xA2, 0x06, 1, 0])) == #"{"resourceSpans":[{}]}"#)
    }

    @Test func `text that is not UTF-8 is repaired`() throws {
        #expect(try json(Self.nested([1, 3], [0x61, 0xFF])) == "{\"resourceSpans\":[{\"schemaUrl\":\"a\u{FFFD}\"}]}")
    }

    @Test(
        arguments: [
            ([0x0A, 5, 0], "a field reaches beyond its message (byte 0)"),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "a field reaches beyond its message (byte 0)"),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "a number has more than ten bytes (byte 1)"),
            ([0x0A], "a number is cut off (byte 1)"),
            ([0x00], "invalid field number (byte 0)"),
            ([0x0B], "unknown wire type (byte 0)"),
            ([0x08, 1], "resourceSpans: wrong wire type (byte 1)"),
            ([0x0A, 3, 0x12, 1, 0x0A], "resourceSpans[0].scopeSpans[0]: a number is cut off (byte 5)"),
            ([0x0A, 2, 0x18, 1], "resourceSpans[0].schemaUrl: wrong wire type (byte 3)"),
        ] as [([UInt8], String)]
    )
    func `what is not the message is refused with the field and the place`(payload: [UInt8], message: String) {
        let error = #expect(throws: OTLPJSONError.self) { try json(payload) }
        #expect(error?.description == message)
    }

    @Test func `values nested ten thousand deep are refused without following them`() {
        var value: [UInt8] = []
        for _ in 0..<5_000 { value = Self.nested([5, 1], value) }
        let error = #expect(throws: OTLPJSONError.self) { try json(Self.nested([1, 1, 1, 2], value)) }
        #expect(error?.reason.hasPrefix("messages nested deeper than 100 levels") == true)
    }

    private func json(_ payload: [UInt8]) throws -> String {
        String(decoding: try OTLPJSON.json(fromProtobuf: payload, signal: .traces), as: UTF8.self)
    }

    /// `content` inside length-delimited fields with these numbers, outermost first.
    static func nested(_ numbers: [UInt8], _ content: [UInt8]) -> [UInt8] {
        numbers.reversed().reduce(content) { content, number in
            var length = content.count
            var bytes = [number << 3 | 2]
            while length >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
                length >>= 7
            }
            return bytes + [UInt8(length)] + content
        }
    }
}
