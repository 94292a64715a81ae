import CausewayModel
import CausewayOTLP
import CausewaySemantics

extension FuzzTarget {
    /// Attributes with places in their keys, one in a line: what is understood of them is a request that is admitted as it is, with JSON in it,
    /// and one that is understood is left alone.
    static let spans = FuzzTarget(name: "spans", seeds: { flattened }) { bytes in
        var span = SpanRecord(
            traceID: TraceID(high: 1, low: 2)!,
            spanID: SpanID(3)!,
            parentSpanID: nil,
            name: "chat",
            startNanoseconds: 1_000,
            endNanoseconds: 2_000
        )
        for line in bytes.split(separator: 0x0A).prefix(200) {
            let parts = line.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2, let key = parts.first, !key.isEmpty else { continue }
            let text = String(decoding: parts[1], as: UTF8.self)
            let value: AttributeValue =
                Int64(text).map { .int($0) } ?? Double(text).map { .double($0) } ?? .string(text)
            span.attributes.append(Attribute(String(decoding: key, as: UTF8.self), value))
        }
        let payload = TelemetryRecord(
            resource: [],
            scope: ScopeRecord(name: "fuzz"),
            items: .spans([span])
        ).encoded()
        guard let admitted = try? admit(payload, signal: .traces) else { return }
        let options = UnderstandingOptions(callKey: CallKey(1, 2))
        let understood = understand(admitted.payload, signal: .traces, options: options)
        guard let again = try? admit(understood.payload, signal: .traces) else {
            throw BrokenPromise("understood, then refused")
        }
        try promise(
            again.payload == understood.payload && again.refused == 0,
            "understood, and not valid"
        )
        if !understood.items.isEmpty {
            let twice = understand(understood.payload, signal: .traces, options: options)
            try promise(twice.items.isEmpty && twice.payload == understood.payload, "understood twice")
        }
    }

    private static let flattened: [[UInt8]] = [
        """
        openinference.span.kind=LLM
        llm.input_messages.0.message.role=user
        llm.input_messages.0.message.contents.0.message_content.type=text
        llm.input_messages.0.message.contents.0.message_content.text=Hi
        llm.output_messages.10.message.tool_calls.0.tool_call.function.name=f
        llm.output_messages.2.message.content=Hello
        llm.token_count.prompt=12
        llm.token_count.prompt_details.cache_read=40
        llm.tools.0.tool.json_schema={"name":"f"}
        """,
        """
        llm.request.type=chat
        gen_ai.prompt.0.role=user
        gen_ai.prompt.0.content=Hi
        gen_ai.prompt.1.tool_calls.0.arguments={"a":1}
        gen_ai.completion.0.finish_reason=tool_calls
        gen_ai.usage.prompt_tokens=5
        traceloop.prompt.template_variables={"x":"y"}
        """,
        """
        langfuse.observation.type=generation
        langfuse.observation.usage_details={"input":5,"input_cached_tokens":3}
        langfuse.observation.completion_start_time="1970-01-01T00:00:00.0000015Z"
        annotations.0.annotation.name=good
        annotations.0.annotation.score=0.5
        retrieval.documents.1.document.metadata={"a":1}
        """,
        """
        ai.operationId=ai.streamText.doStream
        ai.prompt.messages=[{"role":"user","content":[{"type":"text","text":"Hi"}]}]
        ai.response.text=Hello
        mlflow.spanType="TOOL"
        gen_ai.tool.call.result={"error":"x"}
        gen_ai.system=strands-agents
        """,
    ].map { Array($0.utf8) }
}
