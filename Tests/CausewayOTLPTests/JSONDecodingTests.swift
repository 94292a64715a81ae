import CausewayModel
import Testing

@testable import CausewayOTLP

/// From JSON to protobuf.
struct JSONDecodingTests {
    @Test(arguments: Fixtures.captures("pb"))
    func `a captured request goes to JSON and back without a change`(capture: Fixtures.Capture) throws {
        let payload = try capture.bytes
        let json = try OTLPJSON.json(fromProtobuf: payload, signal: capture.signal)
        let decoded = try OTLPJSON.protobuf(fromJSON: json, signal: capture.signal)
        #expect(decoded.repairedStrings == 0)
        if capture.path.hasPrefix("claude-code/") {
            // This sender writes zeros that say nothing; they are not written again.
            let again = try OTLPJSON.json(fromProtobuf: decoded.payload, signal: capture.signal)
            #expect(String(decoding: again, as: UTF8.self) == String(decoding: json, as: UTF8.self))
        } else {
            let isSame = decoded.payload == payload
            #expect(isSame)
        }
    }

    @Test func `the captured requests are there`() {
        #expect(Fixtures.captures("pb").count > 200)
        #expect(Fixtures.captures("json").count == 9)
    }

    @Test(arguments: Fixtures.captures("json"))
    func `a request captured in JSON says the same after going through protobuf`(capture: Fixtures.Capture) throws {
        let body = try capture.bytes
        let payload = try OTLPJSON.protobuf(fromJSON: body, signal: capture.signal).payload
        let again = try OTLPJSON.json(fromProtobuf: payload, signal: capture.signal)
        #expect(try Self.withoutDefaults(JSONMeaning(again)) == Self.withoutDefaults(JSONMeaning(body)))
        #expect(try OTLPJSON.protobuf(fromJSON: again, signal: capture.signal).payload.count == payload.count)
    }

    @Test(arguments: Signal.allCases)
    func `what the protobuf library writes as JSON is read as the same request`(signal: Signal) throws {
        let body = try Fixtures.bytes("otlp-json/everything.\(signal.name).json")
        let payload = try OTLPJSON.protobuf(fromJSON: body, signal: signal).payload
        let again = try OTLPJSON.json(fromProtobuf: payload, signal: signal)
        #expect(try JSONMeaning(again) == JSONMeaning(body))
        #expect(payload.count == (try Fixtures.bytes("otlp-json/everything.\(signal.name).pb")).count)
    }

    @Test func `an empty request, null members and unknown members make an empty payload`() throws {
        #expect(try payload("{}") == [])
        #expect(try payload(#" {"resourceSpans":null,"resource_spans":[1],"x":{"y":[{"z":null}]}} "#) == [])
        #expect(try payload(#"{"resourceSpans":[]}"#) == [])
    }

    @Test func `snake_case names are not names`() throws {
        #expect(try span(#"{"trace_id":"ff","name":"n","end_time_unix_nano":"5"}"#) == #"{"name":"n"}"#)
    }

    @Test func `a name may be written with escapes`() throws {
        #expect(try span(#"{"n\u0061me":"n"}"#) == #"{"name":"n"}"#)
    }

    @Test(arguments: [
        (#"{"traceId":"0AF7651916cd43dd8448eb211c80319c"}"#, #"{"traceId":"0af7651916cd43dd8448eb211c80319c"}"#),
        (#"{"traceId":"","parentSpanId":""}"#, "{}"),
        (#"{"startTimeUnixNano":1795335529476464896}"#, #"{"startTimeUnixNano":"1795335529476464896"}"#),
        (#"{"startTimeUnixNano":"18446744073709551615"}"#, #"{"startTimeUnixNano":"18446744073709551615"}"#),
        (#"{"startTimeUnixNano":1.795335529476464896e18}"#, #"{"startTimeUnixNano":"1795335529476464896"}"#),
        (#"{"startTimeUnixNano":"\u0031"}"#, #"{"startTimeUnixNano":"1"}"#),
        (#"{"kind":3,"flags":"257","droppedLinksCount":1e2}"#, #"{"kind":3,"flags":257,"droppedLinksCount":100}"#),
        (#"{"kind":0,"name":"","flags":0,"droppedLinksCount":"0"}"#, "{}"),
        (#"{"kind":-1}"#, #"{"kind":-1}"#),
        (#"{"status":{}}"#, #"{"status":{}}"#),
        (#"{"events":[{},{"name":"e"}]}"#, #"{"events":[{},{"name":"e"}]}"#),
        (#"{"name":"a\u0000b\ud83d\ude82"}"#, #"{"name":"a\u0000b🚂"}"#),
    ])
    func `a field is read in every form it may have`(written: String, read: String) throws {
        #expect(try span(written) == read)
    }

    @Test(arguments: [
        ("{}", "{}"),
        (#"{"stringValue":""}"#, #"{"stringValue":""}"#),
        (#"{"intValue":0}"#, #"{"intValue":"0"}"#),
        (#"{"intValue":"-9223372036854775808"}"#, #"{"intValue":"-9223372036854775808"}"#),
        (#"{"boolValue":false}"#, #"{"boolValue":false}"#),
        (#"{"doubleValue":0}"#, #"{"doubleValue":0.0}"#),
        (#"{"doubleValue":"NaN"}"#, #"{"doubleValue":"NaN"}"#),
        (#"{"doubleValue":"-Infinity"}"#, #"{"doubleValue":"-Infinity"}"#),
        (#"{"doubleValue":"1.5e3"}"#, #"{"doubleValue":1500.0}"#),
        (#"{"doubleValue":-0.0}"#, #"{"doubleValue":-0.0}"#),
        (#"{"arrayValue":{}}"#, #"{"arrayValue":{}}"#),
        (#"{"arrayValue":{"values":[{"intValue":1},{}]}}"#, #"{"arrayValue":{"values":[{"intValue":"1"},{}]}}"#),
        (#"{"kvlistValue":{"values":[{"key":"k","value":{}}]}}"#, #"{"kvlistValue":{"values":[{"key":"k","value":{}}]}}"#),
        (#"{"bytesValue":"-_8"}"#, #"{"bytesValue":"+/8="}"#),
        (#"{"bytesValue":""}"#, #"{"bytesValue":""}"#),
        (#"{"stringValue":null,"intValue":1}"#, #"{"intValue":"1"}"#),
    ])
    func `zero, empty and false are values of an attribute`(written: String, read: String) throws {
        #expect(try span(#"{"attributes":[{"key":"a","value":\#(written)}]}"#) == #"{"attributes":[{"key":"a","value":\#(read)}]}"#)
    }

    @Test func `zero is a value of a data point, and bucket counts are packed`() throws {
        let points = #"{"dataPoints":[{"sum":0,"min":"0","max":0.0,"bucketCounts":["1",0,2],"explicitBounds":[1,2.5],"count":3}]}"#
        let payload = try OTLPJSON.protobuf(
            fromJSON: Array(
                #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":\#(points)},{"gauge":{"dataPoints":[{"asInt":0}]}}]}]}]}"#
                    .utf8
            ),
            signal: .metrics
        ).payload
        let json = String(decoding: try OTLPJSON.json(fromProtobuf: payload, signal: .metrics), as: UTF8.self)
        #expect(
            json.contains(
                #"{"dataPoints":[{"sum":0.0,"min":0.0,"max":0.0,"bucketCounts":["1","0","2"],"explicitBounds":[1.0,2.5],"count":"3"}]}"#
            )
        )
        #expect(json.contains(#"{"gauge":{"dataPoints":[{"asInt":"0"}]}}"#))
        #expect(payload.contains(sequence: [0x32, 24, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    }

    @Test func `strings that were not UTF-8 are repaired and counted`() throws {
        let body = Array(#"{"resourceSpans":[{"schemaUrl":"\ud800","scopeSpans":[{"schemaUrl":"x"#.utf8) + [0xFF] + Array(#""}]}]}"#.utf8)
        let decoded = try OTLPJSON.protobuf(fromJSON: body, signal: .traces)
        #expect(decoded.repairedStrings == 2)
        #expect(decoded.payload == [0x0A, 13, 0x1A, 3, 0xEF, 0xBF, 0xBD, 0x12, 6, 0x1A, 4, 0x78, 0xEF, 0xBF, 0xBD])
    }

    @Test(arguments: [
        ("", "expected a value, found the end of the text (line 1, column 1, byte 0)"),
        ("[]", "expected an object with an OTLP request, found an array (line 1, column 1, byte 0)"),
        ("\"x\"", "expected an object with an OTLP request, found a string (line 1, column 1, byte 0)"),
        ("null", "expected an object with an OTLP request, found null (line 1, column 1, byte 0)"),
        ("{} {}", "expected the end of the text, found '{' (line 1, column 4, byte 3)"),
        (#"{"resourceSpans":{}}"#, "resourceSpans: expected an array, found an object (line 1, column 18, byte 17)"),
        (#"{"resourceSpans":[null]}"#, "resourceSpans[0]: expected an object, found null (line 1, column 19, byte 18)"),
        (#"{"resourceSpans":[{},7]}"#, "resourceSpans[1]: expected an object, found a number (line 1, column 22, byte 21)"),
        (#"{"resourceSpans":[],"resourceSpans":[]}"#, "resourceSpans: given twice (line 1, column 37, byte 36)"),
        (
            #"{"resourceSpans":[{"resource":{"attributes":[{"key":tru}]}}]}"#,
            "resourceSpans[0].resource.attributes[0].key: expected a value, found 't' (line 1, column 53, byte 52)"
        ),
    ])
    func `a request that is none is refused with the path and the place`(body: String, message: String) {
        let error = #expect(throws: OTLPJSONError.self) { try payload(body) }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        (#""traceId":1"#, "traceId: expected a string of hexadecimal digits, found a number"),
        (#""traceId":"abc""#, "traceId: expected pairs of hexadecimal digits (OTLP/JSON has ids in hexadecimal, not in base64)"),
        (#""spanId":"7q7uLrru7uI=""#, "spanId: expected pairs of hexadecimal digits (OTLP/JSON has ids in hexadecimal, not in base64)"),
        (#""name":5"#, "name: expected a string, found a number"),
        (#""kind":"SPAN_KIND_SERVER""#, "kind: expected the number of the enumeration (names are not OTLP/JSON), found a string"),
        (#""kind":"2""#, "kind: expected the number of the enumeration (names are not OTLP/JSON), found a string"),
        (#""kind":2147483648"#, "kind: expected a 32-bit integer, found a number too large"),
        (#""startTimeUnixNano":-1"#, "startTimeUnixNano: expected an unsigned 64-bit integer, found a negative number that does not fit"),
        (#""startTimeUnixNano":"-1""#, "startTimeUnixNano: expected an unsigned 64-bit integer, found a negative number that does not fit"),
        (#""startTimeUnixNano":1.5"#, "startTimeUnixNano: expected an unsigned 64-bit integer, found a fraction"),
        (#""startTimeUnixNano":1e30"#, "startTimeUnixNano: expected an unsigned 64-bit integer, found a number too large"),
        (#""startTimeUnixNano":true"#, "startTimeUnixNano: expected an unsigned 64-bit integer, found a boolean"),
        (
            #""startTimeUnixNano":"2026-01-01T00:00:00Z""#,
            "startTimeUnixNano: expected an unsigned 64-bit integer, found a string that is not a number"
        ),
        (#""startTimeUnixNano":"""#, "startTimeUnixNano: expected an unsigned 64-bit integer, found a string that is not a number"),
        (#""startTimeUnixNano":" 1""#, "startTimeUnixNano: expected an unsigned 64-bit integer, found a string that is not a number"),
        (#""flags":4294967296"#, "flags: expected an unsigned 32-bit integer, found a number too large"),
        (#""flags":[]"#, "flags: expected an unsigned 32-bit integer, found an array"),
        (#""status":[]"#, "status: expected an object, found an array"),
        (#""status":{"code":2.5}"#, "status.code: expected a 32-bit integer, found a fraction"),
        (
            #""links":[{"spanId":"zz"}]"#,
            "links[0].spanId: expected pairs of hexadecimal digits (OTLP/JSON has ids in hexadecimal, not in base64)"
        ),
        (#""attributes":{"a":"b"}"#, "attributes: expected an array, found an object"),
        (#""attributes":[{"value":"x"}]"#, "attributes[0].value: expected an object, found a string"),
        (
            #""attributes":[{"value":{"stringValue":"a","intValue":1}}]"#,
            "attributes[0].value.intValue: given beside stringValue, of which only one may be"
        ),
        (#""attributes":[{"value":{"intValue":1,"intValue":1}}]"#, "attributes[0].value.intValue: given twice"),
        (#""attributes":[{"value":{"boolValue":"true"}}]"#, "attributes[0].value.boolValue: expected true or false, found a string"),
        (#""attributes":[{"value":{"boolValue":1}}]"#, "attributes[0].value.boolValue: expected true or false, found a number"),
        (
            #""attributes":[{"value":{"doubleValue":"inf"}}]"#,
            #"attributes[0].value.doubleValue: expected a number, found a string that is neither one nor "NaN", "Infinity" or "-Infinity""#
        ),
        (#""attributes":[{"value":{"doubleValue":1e999}}]"#, "attributes[0].value.doubleValue: a number beyond the range of doubles"),
        (#""attributes":[{"value":{"bytesValue":"Z"}}]"#, "attributes[0].value.bytesValue: expected base64"),
        (#""attributes":[{"value":{"bytesValue":[1]}}]"#, "attributes[0].value.bytesValue: expected a string in base64, found an array"),
        (#""attributes":[{"value":{"arrayValue":[1]}}]"#, "attributes[0].value.arrayValue: expected an object, found an array"),
        (
            #""attributes":[{"value":{"arrayValue":{"values":[{},null]}}}]"#,
            "attributes[0].value.arrayValue.values[1]: expected an object, found null"
        ),
    ])
    func `a value of the wrong kind is refused with its path`(member: String, message: String) {
        let error = #expect(throws: OTLPJSONError.self) { try span("{\(member)}") }
        #expect(error?.description.hasPrefix("resourceSpans[0].scopeSpans[0].spans[0].\(message) (line 1, ") == true, "\(error as Any)")
    }

    @Test func `a captured request cut off anywhere is refused`() throws {
        let body = try Fixtures.bytes("corpus/claude-code-json/agent_tools.1.metrics.json")
        for length in 0..<body.count - 1 {
            #expect(throws: OTLPJSONError.self) { try OTLPJSON.protobuf(fromJSON: Array(body[..<length]), signal: .metrics) }
        }
    }

    @Test func `a captured request with bytes changed at random is read or refused, and what is read can be written`() throws {
        let body = try Fixtures.bytes("corpus/claude-code-json/agent_tools.1.metrics.json")
        var state: UInt64 = 7
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        for _ in 0..<3_000 {
            var changed = body
            for _ in 0...random(3) { changed[random(changed.count)] = UInt8(random(256)) }
            guard let decoded = try? OTLPJSON.protobuf(fromJSON: changed, signal: .metrics) else { continue }
            _ = try OTLPJSON.json(fromProtobuf: decoded.payload, signal: .metrics)
        }
    }

    @Test func `arrays ten thousand deep are refused without following them`() {
        let deep = String(repeating: "[", count: 10_000)
        #expect(throws: OTLPJSONError.self) { try payload(#"{"unknown":"# + deep) }
        let values = String(repeating: #"{"arrayValue":{"values":["#, count: 10_000)
        let error = #expect(throws: OTLPJSONError.self) { try span(#"{"attributes":[{"value":"# + values) }
        #expect(error?.reason.hasPrefix("messages nested deeper than 100 levels") == true)
    }

    @Test func `the deepest values that are read are also written`() throws {
        // Request, resource entry, scope entry, span, attribute are five messages; 47 arrays with their values and the innermost value follow.
        let value = String(repeating: #"{"arrayValue":{"values":["#, count: 47) + "{}" + String(repeating: "]}}", count: 47)
        #expect(try span(#"{"attributes":[{"key":"a","value":\#(value)}]}"#) == #"{"attributes":[{"key":"a","value":\#(value)}]}"#)
        #expect(throws: OTLPJSONError.self) { try span(#"{"attributes":[{"value":{"arrayValue":{"values":[\#(value)]}}}]}"#) }
    }

    @Test(arguments: Fixtures.captures("json"))
    func `what was read from JSON is admitted as it is`(capture: Fixtures.Capture) throws {
        let payload = try OTLPJSON.protobuf(fromJSON: try capture.bytes, signal: capture.signal).payload
        let admitted = try admit(payload, signal: capture.signal)
        let isSame = admitted.payload == payload
        #expect(isSame)
        #expect(admitted.items > 0)
        #expect(admitted.refused == 0)
    }

    @Test func `values as deep as JSON may have them are admitted`() throws {
        let value = String(repeating: #"{"arrayValue":{"values":["#, count: 47) + "{}" + String(repeating: "]}}", count: 47)
        let ids = #""traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331""#
        let body = #"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(ids),"attributes":[{"key":"a","value":\#(value)}]}]}]}]}"#
        #expect(try admit(try payload(body), signal: .traces).items == 1)
    }

    @Test func `a span with an id of the wrong length is left to admission, which refuses it alone`() throws {
        let good = #"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331"}"#
        let bad = #"{"traceId":"0af7","spanId":"0000000000000000"}"#
        let admitted = try admit(try payload(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(good),\#(bad)]}]}]}"#), signal: .traces)
        #expect(admitted.items == 1)
        #expect(admitted.refused == 1)
    }

    private func payload(_ body: String) throws -> [UInt8] {
        try OTLPJSON.protobuf(fromJSON: Array(body.utf8), signal: .traces).payload
    }

    /// One span, from JSON to protobuf and back.
    private func span(_ span: String) throws -> String {
        let body = #"{"resourceSpans":[{"scopeSpans":[{"spans":["# + span + "]}]}]}"
        let again = try OTLPJSON.json(fromProtobuf: try payload(body), signal: .traces)
        return String(
            String(decoding: again, as: UTF8.self).dropFirst(#"{"resourceSpans":[{"scopeSpans":[{"spans":["#.count).dropLast("]}]}]}".count)
        )
    }

    /// Without members that say nothing: zero, false and empty where presence has no meaning.
    private static func withoutDefaults(_ meaning: JSONMeaning) -> JSONMeaning {
        switch meaning {
        case .array(let elements): return .array(elements.map(withoutDefaults))
        case .object(let members):
            let kept = members.mapValues(withoutDefaults).filter { name, value in
                if name.hasSuffix("Value") { return true }
                return value != .array([]) && value != .string("") && value != .number(0)
            }
            // 64-bit integers may be written as numbers.
            return .object(
                kept.mapValues { if case .number(let bits) = $0 { .string("\(Double(bitPattern: bits))") } else { $0 } }.mapValues(
                    Self.number
                )
            )
        default: return meaning
        }
    }

    private static func number(_ meaning: JSONMeaning) -> JSONMeaning {
        guard case .string(let text) = meaning, let value = Double(text) else { return meaning }
        return .number(value.bitPattern)
    }
}

extension [UInt8] {
    fileprivate func contains(sequence: [UInt8]) -> Bool { indices.contains { self[$0...].starts(with: sequence) } }
}
