import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

struct LogAndMetricTests {
    @Test(
        arguments: [
            (
                "gen_ai.user.message", AttributeValue.map([Attribute("content", "hi")]), "gen_ai.input.messages",
                #"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#
            ),
            (
                "gen_ai.tool.message", .map([Attribute("content", "21"), Attribute("id", "c1")]), "gen_ai.input.messages",
                #"[{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"21"}]}]"#
            ),
            (
                "gen_ai.choice",
                .map([
                    Attribute("index", 0), Attribute("finish_reason", "stop"),
                    Attribute("message", .map([Attribute("role", "assistant"), Attribute("content", "yes")])),
                ]), "gen_ai.output.messages",
                #"[{"role":"assistant","parts":[{"type":"text","content":"yes"}],"finish_reason":"stop"}]"#
            ),
            (
                "gen_ai.user.message", .string(#"{"content":"hi"}"#), "gen_ai.input.messages",
                #"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#
            ),
        ] as [(String, AttributeValue, String, String)]
    )
    func `a log record that is a message holds it where a span does`(name: String, body: AttributeValue, key: String, expected: String) {
        let item = UnderstoodItem(log: name, [Attribute("gen_ai.system", "openai")], body: body)
        #expect(item.text(key) == expected)
        #expect(item.body == .empty)
        #expect(item.text("gen_ai.provider.name") == "openai")
    }

    @Test func `what the body of a details record has is read like its attributes`() {
        let text = AttributeValue.map([Attribute("type", "text"), Attribute("content", "hi")])
        let message = AttributeValue.map([Attribute("role", "user"), Attribute("parts", .array([text]))])
        let item = UnderstoodItem(
            log: "gen_ai.client.inference.operation.details",
            [Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.provider.name", "openai")],
            body: .map([Attribute("gen_ai.input.messages", .array([message])), Attribute("gen_ai.usage.input_tokens", 5)])
        )
        #expect(item.text("gen_ai.input.messages") == #"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#)
        #expect(item.int("gen_ai.usage.input_tokens") == 5)
        #expect(item.body == .empty)
    }

    @Test func `a log record of no agent stays as it came`() {
        let item = UnderstoodItem(log: "user.login", [Attribute("user.id", "u")], body: "hello")
        #expect(item.body == "hello" && item.after == item.before)
    }

    @Test func `messages in events of a span become attributes, and the events go`() {
        let item = UnderstoodItem(
            "chat",
            [Attribute("gen_ai.system", "az.ai.inference"), Attribute("gen_ai.request.model", "chat")],
            events: [
                EventRecord(
                    name: "gen_ai.user.message",
                    timeNanoseconds: 1,
                    attributes: [Attribute("gen_ai.event.content", #"{"role":"user","content":"hi"}"#)]
                ),
                EventRecord(
                    name: "gen_ai.choice",
                    timeNanoseconds: 2,
                    attributes: [Attribute("gen_ai.event.content", #"{"message":{"content":"yes"},"finish_reason":"stop","index":0}"#)]
                ),
                EventRecord(name: "other", timeNanoseconds: 3),
            ]
        )
        #expect(item.text("gen_ai.input.messages") == #"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#)
        #expect(
            item.text("gen_ai.output.messages")
                == #"[{"role":"assistant","parts":[{"type":"text","content":"yes"}],"finish_reason":"stop"}]"#
        )
        #expect(item.events.map(\.name) == ["other"])
        // A word that stands where a model's name belongs is none.
        #expect(item["gen_ai.request.model"] == nil)
    }

    @Test func `a metric loses what makes a series of every call, and says how many`() {
        let record = MetricRecord(
            name: "gen_ai.client.operation.duration",
            unit: "s",
            data: .sum(
                [
                    MetricPoint(
                        attributes: [
                            Attribute("gen_ai.system", "openai"), Attribute("gen_ai.tool.call.id", "c1"),
                            Attribute("gen_ai.response.id", "r"),
                            Attribute("http.route", "/"),
                        ],
                        timeNanoseconds: 5,
                        value: .double(1.5)
                    )
                ],
                temporality: .delta,
                monotonic: true
            )
        )
        let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: "m"), items: .metrics([record])).encoded()
        let understood = understand(payload, signal: .metrics, options: Changes.options)
        let point = Changes.items(understood.payload, .metrics)[0]
        #expect(point.attributes == [Attribute("http.route", "/"), Attribute("gen_ai.provider.name", "openai")])
        #expect(point.name == "metric gen_ai.client.operation.duration [s] 1.5")
        #expect(understood.unboundedAttributes == 2 && understood.items == ["otel_genai": 1])
    }

    @Test func `a metric of nobody's agent stays byte for byte`() {
        let record = MetricRecord(name: "http.server.duration", unit: "s", data: .gauge([MetricPoint(timeNanoseconds: 5, value: .int(1))]))
        let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: "m"), items: .metrics([record])).encoded()
        #expect(understand(payload, signal: .metrics, options: Changes.options).payload == payload)
    }
}
