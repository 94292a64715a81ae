import CausewayModel
import CausewayOTLP
import Testing

@testable import CausewaySemantics

/// Lines that nobody would write.
struct AgentEventFuzzTests {
    /// Numbers that are the same on every run.
    private struct Dice {
        var state: UInt64

        mutating func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    @Test(arguments: 0..<8)
    func `whatever comes, it is refused or becomes well-formed telemetry`(seed: Int) {
        var dice = Dice(state: UInt64(seed))
        let examples = AgentEventType.allCases.map { type in
            var writer = JSONWriter()
            writer.value(AgentEventSchema.example(type))
            return writer.bytes
        }
        var intake = AgentEventIntake()
        var table = OpenSpans(abandonAfter: 5, grace: 2)
        for round in 0..<400 {
            var lines: [String] = []
            var batch = AgentEventBatch(tenant: "", source: 1, now: EventLines.now, options: EventLines.options)
            for number in 1...4 {
                var line = examples[dice.next(examples.count)]
                for _ in 0..<dice.next(4) {
                    switch dice.next(4) {
                    case 0: line[dice.next(line.count)] = UInt8(dice.next(256))
                    case 1: line.insert(contentsOf: Array("\"phase\":\"end\",".utf8), at: 1)
                    case 2: line.removeSubrange(dice.next(line.count)..<line.count)
                    default: line.insert(UInt8(dice.next(128)), at: dice.next(line.count))
                    }
                    if line.isEmpty { line = [0x7B] }
                }
                lines.append(String(decoding: line, as: UTF8.self))
                batch.add(line, number: number, &intake)
            }
            let output = batch.finish(&intake)
            #expect(output.acceptedLines + output.rejectedLines == 4, "\(lines)")
            var closed = ClosedSpans()
            for (payload, signal) in [(output.spans, Signal.traces), (output.records, .logs)] where !payload.isEmpty {
                _ = EventLines.understood(payload, signal)
            }
            if !output.parts.isEmpty {
                precondition((try? admit(output.parts, signal: .traces))?.refused == 0)
                table.take(output.parts, tenant: "", received: EventLines.now + UInt64(round), &closed)
            }
            for request in closed.requests({ _ in EventLines.options }) {
                let admitted = try? admit(request.payload, signal: request.signal)
                #expect(admitted?.items == request.items && admitted?.refused == 0)
            }
            var restored = OpenSpans(abandonAfter: 5, grace: 2)
            let isRestored = restored.restore(table.checkpoint)
            #expect(isRestored && restored.checkpoint == table.checkpoint)
        }
    }
}
