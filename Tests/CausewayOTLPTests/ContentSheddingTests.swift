import CausewayModel
import Testing

@testable import CausewayOTLP

struct ContentSheddingTests {
    /// Keys and scalar values of everything in a request that is not content.
    private struct Facts: Equatable {
        var items = 0
        var lines: [String] = []

        init(_ payload: [UInt8], _ signal: Signal) {
            for resource in RequestView(payload, signal: signal).resourceEntries {
                lines.append("resource \(resource.attributes.copied(payload))")
                for scope in resource.scopeEntries(payload) {
                    lines.append("scope \(payload.text(scope.name))")
                    switch signal {
                    case .traces: for span in scope.spans(payload) { add(span, payload) }
                    case .logs:
                        for record in scope.logRecords(payload) {
                            items += 1
                            lines.append("log \(record.timeNanoseconds) \(payload.text(record.eventName)) \(record.severity)")
                            add(record.attributes, payload, isMessage: true)
                        }
                    case .metrics: items += scope.metrics(payload).count
                    }
                }
            }
        }

        private mutating func add(_ span: SpanView, _ payload: [UInt8]) {
            items += 1
            lines.append("span \(payload.text(span.name)) \(span.startNanoseconds) \(span.endNanoseconds) \(span.statusCode)")
            lines.append("status \(payload.text(span.statusMessage)) links \(span.linkCount)")
            add(span.attributes, payload, isMessage: false)
            for event in span.events(payload) {
                let name = payload.text(event.name)
                lines.append("event \(name) \(event.timeNanoseconds)")
                add(event.attributes, payload, isMessage: MessageContent.isMessage(name))
            }
        }

        private mutating func add(_ attributes: AttributeList, _ payload: [UInt8], isMessage: Bool) {
            for attribute in attributes.copied(payload) where attribute.key != ContentShedding.mark {
                if MessageContent.isContent(attribute.key) { continue }
                if isMessage, !MessageContent.isStructure(ofMessage: attribute.key) { continue }
                lines.append("\(attribute.key) = \(attribute.value)")
            }
        }
    }

    @Test(arguments: Fixtures.captures("pb"))
    func `of a captured request everything but content stays, item by item`(capture: Fixtures.Capture) throws {
        let (payload, signal) = (try capture.bytes, capture.signal)
        guard let shed = ContentShedding.shed(payload, signal: signal) else { return }
        #expect(shed.count < payload.count)
        #expect(Facts(shed, signal) == Facts(payload, signal))
        #expect(try admit(shed, signal: signal).payload == shed)
        // What has been shed has nothing more to shed.
        #expect(ContentShedding.shed(shed, signal: signal) == nil)
    }

    @Test func `most of the captured requests of agents lose something`() throws {
        let traces = Fixtures.captures("pb").filter { $0.signal == .traces }
        let shed = try traces.filter { ContentShedding.shed(try $0.bytes, signal: .traces) != nil }
        print("content shed in \(shed.count) of \(traces.count) captured trace requests")
        #expect(traces.count > 30 && shed.count * 3 > traces.count * 2)
    }

    @Test(arguments: [
        "gen_ai.input.messages", "gen_ai.prompt.0.content", "llm.input_messages.12.message.content",
        "llm.output_messages.0.message.tool_calls.1.tool_call.function.arguments", "input.value", "ai.prompt.messages",
        "langfuse.observation.output", "mlflow.spanInputs", "traceloop.entity.input", "gcp.vertex.agent.llm_request", "request_data",
        "pydantic_ai.all_messages", "retrieval.documents.3.document.content", "user_prompt", "gen_ai.tool.call.result",
        "llm.request.functions.0.parameters", "embedding.embeddings.0.embedding.vector", "lk.pii.user_input",
    ])
    func `content is known in every dialect`(key: String) { #expect(MessageContent.isContent(key)) }

    @Test(arguments: [
        "gen_ai.request.model", "gen_ai.usage.input_tokens", "llm.token_count.prompt", "gen_ai.prompt.0.role", "gen_ai.prompt.name",
        "llm.input_messages.12.message.role", "llm.output_messages.0.message.tool_calls.1.tool_call.function.name",
        "gen_ai.completion.0.finish_reason", "gen_ai.tool.name", "gen_ai.tool.call.id", "llm.cost.total", "operation.cost", "error.type",
        "exception.message", "retrieval.documents.3.document.score", "ai.usage.promptTokens", "langfuse.observation.type", "session.id",
        "user.id", "input.mime_type", "tool.name", "gen_ai.response.finish_reasons", "user_prompt_length",
    ])
    func `structure, tokens, cost and failures are no content`(key: String) { #expect(!MessageContent.isContent(key)) }

    @Test func `a message in a log record keeps its role and finish reason, and says that it has been shed`() throws {
        let record = """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[
              {"eventName":"gen_ai.choice","timeUnixNano":"5","attributes":[{"key":"gen_ai.system","value":{"stringValue":"openai"}}],
               "body":{"kvlistValue":{"values":[
                 {"key":"index","value":{"intValue":"0"}},{"key":"finish_reason","value":{"stringValue":"stop"}},
                 {"key":"message","value":{"kvlistValue":{"values":[{"key":"content","value":{"stringValue":"the secret"}}]}}}]}}},
              {"body":{"stringValue":"an ordinary line"}}]}]}]}
            """
        let payload = try OTLPJSON.protobuf(fromJSON: [UInt8](record.utf8), signal: .logs).payload
        let shed = try #require(ContentShedding.shed(payload, signal: .logs))
        let text = String(decoding: try OTLPJSON.json(fromProtobuf: shed, signal: .logs), as: UTF8.self)
        #expect(!text.contains("the secret"))
        #expect(text.contains("finish_reason") && text.contains("stop") && text.contains("openai") && text.contains("an ordinary line"))
        #expect(text.split(separator: "causeway.content.shed").count == 2)
    }

    @Test func `an exception stays, whatever it says`() throws {
        let span = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"chat",
              "attributes":[{"key":"gen_ai.input.messages","value":{"stringValue":"the secret"}},
                            {"key":"gen_ai.usage.input_tokens","value":{"intValue":"7"}}],
              "events":[{"name":"exception","attributes":[{"key":"exception.message","value":{"stringValue":"rate limited"}}]},
                        {"name":"gen_ai.user.message","attributes":[{"key":"content","value":{"stringValue":"the secret"}}]}],
              "status":{"code":2,"message":"429"}}]}]}]}
            """
        let payload = try OTLPJSON.protobuf(fromJSON: [UInt8](span.utf8), signal: .traces).payload
        let shed = try #require(ContentShedding.shed(payload, signal: .traces))
        let text = String(decoding: try OTLPJSON.json(fromProtobuf: shed, signal: .traces), as: UTF8.self)
        #expect(!text.contains("the secret"))
        for kept in ["rate limited", "429", "gen_ai.usage.input_tokens", "gen_ai.user.message", "causeway.content.shed"] {
            #expect(text.contains(kept))
        }
    }

    @Test func `metrics have no content`() throws {
        for capture in Fixtures.captures("pb") where capture.signal == .metrics {
            #expect(ContentShedding.shed(try capture.bytes, signal: .metrics) == nil)
        }
    }
}
