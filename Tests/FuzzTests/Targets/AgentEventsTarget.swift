import CausewayModel
import CausewayOTLP
import CausewaySemantics

extension FuzzTarget {
    /// Lines of agent events: each is refused or becomes telemetry that is admitted as it is, no key twice on an item, and open spans that a
    /// checkpoint holds.
    static let agentEvents = FuzzTarget(name: "agentEvents", seeds: { try fixtures("agent-events", ending: ".in.jsonl") + phases }) {
        bytes in
        let options = UnderstandingOptions(callKey: CallKey(1, 2))
        let now: UInt64 = 1_767_268_900_000_000_000
        var intake = AgentEventIntake()
        var batch = AgentEventBatch(tenant: "t", source: 1, now: now, options: options)
        var lines = 0
        for line in bytes.split(separator: 0x0A).prefix(100) {
            lines += 1
            batch.add(Array(line), number: lines, &intake)
        }
        let output = batch.finish(&intake)
        try promise(output.acceptedLines + output.rejectedLines == lines, "\(lines) lines, not all of them taken or refused")
        try promise(output.refusals.allSatisfy { !$0.text.isEmpty && !$0.text.utf8.contains(0x0A) }, "a refusal that breaks a line")
        try check(output.spans, .traces, items: output.spanCount)
        try check(output.parts, .traces, items: output.partCount)
        try check(output.records, .logs, items: output.recordCount)
        let understood = output.spans.isEmpty ? [] : understand(output.spans, signal: .traces, options: options).payload
        try check(understood, .traces, items: output.spanCount)

        var table = OpenSpans(abandonAfter: 5, grace: 2)
        var closed = ClosedSpans()
        if !output.parts.isEmpty { table.take(output.parts, tenant: "t", received: now, &closed) }
        var restored = OpenSpans(abandonAfter: 5, grace: 2)
        try promise(restored.restore(table.checkpoint) && restored.checkpoint == table.checkpoint, "a checkpoint that does not hold all")
        table.advance(to: now + 10, &closed)
        try promise(table.count == 0 && table.bytes == 0, "spans that stay for ever")
        for request in closed.requests({ _ in options }) { try check(request.payload, request.signal, items: request.items) }
        intake.takeBack(output)
        try promise(intake.openCount == 0 && intake.openBytes == 0, "taken back, and \(intake.openBytes) bytes are open")
    }

    private static func check(_ payload: [UInt8], _ signal: Signal, items: Int) throws {
        if payload.isEmpty { return try promise(items == 0, "\(items) items in nothing") }
        guard let admitted = try? admit(payload, signal: signal) else { throw BrokenPromise("made, then refused") }
        try promise(admitted.payload == payload && admitted.refused == 0 && admitted.items == items, "made, and not valid")
        guard signal == .traces else { return }
        for resource in RequestView(payload, signal: signal).resourceEntries {
            for scope in resource.scopeEntries(payload) {
                for span in scope.spans(payload) {
                    var keys: Set<[UInt8]> = []
                    var list = span.attributes
                    while let attribute = list.next(payload) {
                        let isNew = keys.insert(Array(payload[attribute.key])).inserted
                        try promise(isNew, "\(String(decoding: payload[attribute.key], as: UTF8.self)) twice on a span")
                    }
                }
            }
        }
    }

    private static let phases: [[UInt8]] = [
        #"""
        {"type":"request","phase":"start","trace_id":"t","id":"a","user":"u","resource":{"service.name":"s"}}
        {"type":"tool_call","phase":"start","trace_id":"t","id":"b","parent_id":"a","tool":"f","arguments":{"x":1}}
        {"type":"retry","trace_id":"t","id":"b","attempt":2,"will_retry":false}
        {"type":"tool_call","phase":"update","trace_id":"t","id":"b","attributes":{"k":[1,"x"]}}
        {"type":"tool_call","phase":"end","trace_id":"t","id":"b","duration_ms":3,"failure":"timed out"}
        """#,
        #"""
        {"type":"step","trace_id":"0123456789abcdef0123456789ABCDEF","id":"0123456789abcdef","endpoint":"https://u:p@[::1]:80/x?y#z"}
        {"type":"model_call","trace_id":"t","id":"a","parent_id":"b","parameters":{"model":"m","x":1},"model":"n","usage":{"input":1e3}}
        {"type":"step","trace_id":"t","id":"b","parent_id":"a","links":[{"to":"a","kind":"depends_on"}],"prompt":{"variables":{"a":null}}}
        {"type":"log","level":"error","body":"x\ud83d","unknown":{"a":1},"attributes":{"gen_ai.agent.name":"x","a":"b","a":"c"}}
        """#,
    ].map { Array($0.utf8) }
}
