import CausewayModel
import CausewayOTLP
import Testing

@testable import CausewaySemantics

/// Lines as agents write them, and as they should not.
struct AgentEventDecoderTests {
    @Test func `ids of the right form are used as they are, others are the beginning of their hash`() {
        let own = EventLines("{\"type\":\"step\",\"trace_id\":\"0123456789abcdef0123456789ABCDEF\",\"id\":\"00f067aa0ba902b7\"}").spans[0]
        #expect(own["traceId"]?.string == "0123456789abcdef0123456789abcdef")
        #expect(own["spanId"]?.string == "00f067aa0ba902b7")
        #expect(own.attribute("causeway.source.id") == nil)
        // printf run-42 | sha256sum
        let hashed = EventLines("{\"type\":\"step\",\"trace_id\":\"run-42\",\"id\":7}").spans[0]
        #expect(hashed["traceId"]?.string == "92234f8bb000a4aaec76c3fc1624a580")
        #expect(hashed.attribute("causeway.source.id") == "7")
        #expect(hashed.attribute("causeway.source.trace_id") == "run-42")
    }

    @Test(arguments: [
        ("https://api.example.com/v1?key=s", "api.example.com", "443", "https://api.example.com/v1"),
        ("http://u:p@[::1]:8080/x#y", "::1", "8080", "http://[::1]:8080/x"),
        ("api.example.com:99/x?next=https://other.example.com/?key=s", "api.example.com", "99", nil),
        ("api.example.com/x?key=s&next=http://y", "api.example.com", nil, nil),
        ("grpc+tls://a@b@host", "host", nil, "grpc+tls://host"),
        ("host:port", "host:port", nil, nil),
    ])
    func `an endpoint is kept without what may be secret`(endpoint: String, address: String, port: String?, url: String?) {
        let span = EventLines("{\"type\":\"tool_call\",\"tool\":\"t\",\"endpoint\":\"\(endpoint)\"}").spans[0]
        #expect(span.attribute("server.address") == address)
        #expect(span.attribute("server.port") == port)
        #expect(span.attribute("url.full") == url)
    }

    @Test(arguments: [
        "\"parameters\":{\"model\":\"b\"},\"model\":\"a\"", "\"model\":\"a\",\"parameters\":{\"model\":\"b\"}",
        "\"model\":\"a\",\"attributes\":{\"gen_ai.request.model\":\"b\",\"x\":1,\"x\":2}",
        "\"endpoint\":\"http://h\",\"attributes\":{\"server.address\":\"b\",\"gen_ai.operation.name\":\"c\"}",
    ])
    func `no attribute is on a span twice, whoever says it`(members: String) {
        let span = EventLines("{\"type\":\"model_call\",\(members)}").spans[0]
        let keys = span["attributes"]?.array?.compactMap { $0["key"]?.string } ?? []
        #expect(!keys.isEmpty && Set(keys).count == keys.count, "\(keys)")
    }

    @Test func `what a line says in its own attributes is not inherited once more`() {
        let found = EventLines(
            "{\"type\":\"request\",\"trace_id\":\"t\",\"id\":\"a\",\"user\":\"u\",\"session\":\"s\"}",
            "{\"type\":\"step\",\"trace_id\":\"t\",\"id\":\"b\",\"attributes\":{\"user.id\":\"v\"}}"
        )
        let keys = found.spans[1]["attributes"]?.array?.compactMap { $0["key"]?.string } ?? []
        #expect(keys.filter { $0 == "user.id" }.count == 1 && keys.contains("gen_ai.conversation.id"))
        #expect(found.spans[1].attribute("user.id") == "v")
    }

    @Test(arguments: [
        "\"2026-01-01T12:00:00.250Z\"", "\"2026-01-01 12:00:00.25\"", "\"2026-01-01T13:00:00.250+01:00\"", "1767268800250000000",
        "\"2026-01-01t12:00:00,250z\"",
    ])
    func `a time may have any of the forms that are allowed`(time: String) {
        let span = EventLines("{\"type\":\"step\",\"start\":\(time),\"duration_ms\":1.5}").spans[0]
        #expect(span["startTimeUnixNano"]?.string == "1767268800250000000")
        #expect(span["endTimeUnixNano"]?.string == "1767268800251500000")
    }

    @Test func `of start, end and duration two say the third, and what nobody says is now`() {
        func times(_ members: String) -> [String?] {
            let span = EventLines("{\"type\":\"step\"\(members)}").spans[0]
            return [span["startTimeUnixNano"]?.string, span["endTimeUnixNano"]?.string]
        }
        let now = "\(EventLines.now)"
        #expect(times("") == [now, now])
        #expect(times(",\"duration_ms\":1000") == ["\(EventLines.now - 1_000_000_000)", now])
        #expect(times(",\"end\":1767268800000000000,\"duration_ms\":1000") == ["1767268799000000000", "1767268800000000000"])
        #expect(times(",\"start\":1767268800000000000") == ["1767268800000000000", "1767268800000000000"])
    }

    @Test(arguments: [
        ("[1]", "not a JSON object"),
        ("{\"type\":\"step\"", "not JSON"),
        ("{\"type\":\"step\",}", "not JSON"),
        ("hello", "not JSON"),
        ("{}", "no type"),
        ("{\"type\":7}", "is not known"),
        ("{\"type\":\"spam\"}", "is not known"),
        ("{\"type\":\"step\",\"start\":\"yesterday\"}", "write RFC 3339"),
        ("{\"type\":\"step\",\"start\":1767268800}", "nanoseconds since 1970"),
        ("{\"type\":\"step\",\"start\":\"2126-01-01T00:00:00Z\"}", "ahead of this clock"),
        ("{\"type\":\"step\",\"duration_ms\":1e9,\"start\":\"2026-01-01T12:00:00Z\"}", "ahead of this clock"),
        ("{\"type\":\"step\",\"start\":\"2026-01-01T12:00:01Z\",\"end\":\"2026-01-01T12:00:00Z\"}", "ends before it starts"),
        ("{\"type\":\"step\",\"duration_ms\":-1}", "milliseconds"),
        ("{\"type\":\"step\",\"duration_ms\":1e11}", "milliseconds"),
        ("{\"type\":\"step\",\"parent_id\":\"a\"}", "parent_id without trace_id"),
        ("{\"type\":\"step\",\"trace_id\":\"t\",\"id\":\"a\",\"parent_id\":\"a\"}", "its own parent"),
        ("{\"type\":\"step\",\"trace_id\":\"\"}", "not empty"),
        ("{\"type\":\"step\",\"step_type\":\"juggling\"}", "write one of planning"),
        ("{\"type\":\"step\",\"status\":\"fine\"}", "write one of ok"),
        ("{\"type\":\"step\",\"phase\":\"start\"}", "trace_id and id"),
        ("{\"type\":\"step\",\"phase\":\"middle\",\"trace_id\":\"t\",\"id\":\"a\"}", "write one of start"),
        ("{\"type\":\"retry\",\"attempt\":1}", "on which span"),
        ("{\"type\":\"feedback\",\"kind\":\"thumbs\"}", "trace_id"),
        ("{\"type\":\"feedback\",\"trace_id\":\"t\",\"kind\":\"fax\"}", "write one of thumbs"),
        ("{\"type\":\"evaluation\",\"score\":1}", "trace_id"),
        ("{\"type\":\"log\",\"id\":\"a\"}", "without trace_id"),
        ("{\"type\":\"model_call\",\"usage\":{\"input\":1.5}}", "usage.input is 1.5"),
        ("{\"type\":\"model_call\",\"usage\":[]}", "an object"),
        ("{\"type\":\"model_call\",\"model\":{\"a\":1}}", "a text"),
        ("{\"type\":\"model_call\",\"model\":\"a\",\"model\":\"b\"}", "given twice"),
        ("{\"type\":\"step\",\"links\":[{\"kind\":\"retry_of\"}]}", "links"),
        ("{\"type\":\"step\",\"links\":{\"to\":\"a\"}}", "a list of objects"),
        ("{\"type\":\"tool_call\",\"failure\":{\"code\":\"exploded\"}}", "tool has no code"),
        ("{\"type\":\"failure\",\"trace_id\":\"t\",\"id\":\"a\"}", "what went wrong"),
    ])
    func `a bad line is refused alone, with its number and what to do`(line: String, reason: String) {
        let good = "{\"type\":\"step\",\"trace_id\":\"t\",\"id\":\"good\"}"
        let found = EventLines(good, line, "{\"type\":\"step\",\"trace_id\":\"t\",\"id\":\"better\"}")
        #expect(found.output.acceptedLines == 2)
        #expect(found.spans.count == 2)
        #expect(found.output.rejectedLines == 1)
        #expect(found.output.refusals.map(\.line) == [2])
        #expect(found.refusal?.contains(reason) == true, "\(found.refusal ?? "")")
    }

    @Test func `a line that is too long, too deep or no text is dealt with`() {
        var limits = AgentEventLimits()
        limits.line = 100
        #expect(
            EventLines("{\"type\":\"step\",\"name\":\"\(String(repeating: "a", count: 100))\"}", limits: limits).refusal?.contains("longer")
                == true
        )
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(EventLines("{\"type\":\"tool_call\",\"arguments\":\(deep)}").refusal?.contains("nested deeper") == true)
        var intake = AgentEventIntake()
        var batch = AgentEventBatch(tenant: "", now: EventLines.now, options: EventLines.options)
        batch.add(Array("{\"type\":\"step\",\"name\":\"a".utf8) + [0xFF] + Array("b\"}".utf8), number: 1, &intake)
        let output = batch.finish(&intake)
        #expect(output.repairedLines == 1)
        #expect(EventLines.items(output.spans, .traces)[0]["name"]?.string == "a\u{FFFD}b")
    }

    @Test func `parents that lead back to themselves are refused, whoever else they have`() {
        func line(_ id: String, _ parent: String) -> String {
            "{\"type\":\"step\",\"trace_id\":\"t\",\"id\":\"\(id)\",\"parent_id\":\"\(parent)\"}"
        }
        let found = EventLines(line("a", "b"), line("b", "c"), line("c", "a"), line("d", "a"), line("e", "nobody"))
        #expect(found.output.refusals.map(\.line) == [3])
        #expect(found.spans.count == 4)
    }

    @Test func `what a request says holds for its whole trace, wherever it stands`() {
        let found = EventLines(
            "{\"type\":\"tool_call\",\"trace_id\":\"t\",\"id\":\"a\",\"parent_id\":\"r\",\"tool\":\"x\"}",
            "{\"type\":\"request\",\"trace_id\":\"t\",\"id\":\"r\",\"user\":\"u\",\"tenant\":\"acme\",\"environment\":\"p\","
                + "\"agent\":\"bot\"}",
            "{\"type\":\"feedback\",\"trace_id\":\"t\",\"kind\":\"thumbs\"}",
            "{\"type\":\"step\",\"trace_id\":\"other\",\"id\":\"b\"}"
        )
        #expect(found.spans[0].attribute("user.id") == "u")
        #expect(found.spans[0].attribute("causeway.tenant.id") == "acme")
        #expect(found.records[0].attribute("user.id") == "u")
        #expect(found.spans[2].attribute("user.id") == nil)
        #expect(found.resource["resource"]?.attribute("deployment.environment.name") == "p")
        #expect(found.resource["resource"]?.attribute("service.name") == "bot")
    }

    @Test func `identity holds for lines that come later, in another request`() {
        var intake = AgentEventIntake()
        _ = EventLines(["{\"type\":\"request\",\"trace_id\":\"t\",\"id\":\"r\",\"user\":\"u\"}"], &intake)
        let later = EventLines(
            ["{\"type\":\"step\",\"trace_id\":\"t\",\"id\":\"a\",\"user\":\"own\"}", "{\"type\":\"step\",\"trace_id\":\"t\"}"],
            &intake
        )
        #expect(later.spans.map { $0.attribute("user.id") } == ["own", "u"])
    }

    @Test func `events on a span of the same request are on it, whichever came first`() {
        let found = EventLines(
            "{\"type\":\"retry\",\"trace_id\":\"t\",\"id\":\"a\",\"attempt\":1}",
            "{\"type\":\"tool_call\",\"trace_id\":\"t\",\"id\":\"a\",\"tool\":\"x\"}",
            "{\"type\":\"retry\",\"trace_id\":\"t\",\"id\":\"a\",\"attempt\":2}",
            "{\"type\":\"retry\",\"trace_id\":\"t\",\"id\":\"elsewhere\"}"
        )
        #expect(found.spans[0]["events"]?.array?.count == 2)
        #expect(found.spans[0].attribute("causeway.retry.count") == "2")
        #expect(found.parts.count == 1)
    }

    @Test func `a line is the same span when it is sent again`() {
        let line = "{\"type\":\"model_call\",\"model\":\"m\",\"start\":\"2026-01-01T12:00:00Z\"}"
        #expect(EventLines(line).output.spans == EventLines(line).output.spans)
    }

    @Test func `spans are called what they do`() {
        func name(_ line: String) -> String? { EventLines(line).spans.first?["name"]?.string }
        #expect(name("{\"type\":\"request\",\"agent\":\"bot\"}") == "invoke_agent bot")
        #expect(name("{\"type\":\"model_call\",\"model\":\"m\"}") == "chat m")
        #expect(name("{\"type\":\"model_call\",\"model\":\"m\",\"operation\":\"text_completion\"}") == "text_completion m")
        #expect(name("{\"type\":\"tool_call\",\"tool\":\"t\"}") == "execute_tool t")
        #expect(name("{\"type\":\"step\",\"step_type\":\"planning\"}") == "planning")
        #expect(name("{\"type\":\"step\"}") == "step")
        #expect(name("{\"type\":\"embedding\",\"model\":\"m\"}") == "embeddings m")
        #expect(name("{\"type\":\"handoff\",\"to\":\"b\"}") == "handoff b")
        #expect(name("{\"type\":\"tool_call\",\"tool\":\"t\",\"name\":\"look \\u00e9\"}") == "look é")
    }

    @Test func `messages may have any provider's shape`() {
        let shapes = [
            "\"hello\"", "[{\"role\":\"user\",\"content\":\"hello\"}]", "{\"role\":\"user\",\"content\":\"hello\"}",
            "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"hello\"}]}]",
        ]
        let found = shapes.map {
            EventLines("{\"type\":\"model_call\",\"model\":\"m\",\"messages\":\($0)}").spans[0].attribute("gen_ai.input.messages")
        }
        #expect(Set(found) == ["[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"hello\"}]}]"])
    }

    @Test func `every example of the schema is taken as it is, with every member known`() {
        for type in AgentEventType.allCases {
            var writer = JSONWriter()
            writer.value(AgentEventSchema.example(type))
            let found = EventLines(String(decoding: writer.bytes, as: UTF8.self))
            #expect(found.output.acceptedLines == 1, "\(type): \(found.refusal ?? "")")
            #expect(found.output.warnings == [], "\(type)")
        }
    }

    @Test func `the smallest line is one of three words`() {
        #expect(EventLines("{\"type\":\"step\"}").spans.count == 1)
    }
}
