import CausewayModel
import Testing

@testable import CausewaySemantics

/// What a receiver says to parts of spans.
struct AgentEventIntakeTests {
    private func part(_ phase: String, _ id: String = "a", _ more: String = "") -> String {
        "{\"type\":\"step\",\"trace_id\":\"t\",\"id\":\"\(id)\",\"phase\":\"\(phase)\"\(more)}"
    }

    private func known() -> AgentEventIntake {
        var intake = AgentEventIntake()
        intake.complete()
        return intake
    }

    @Test func `an end without a start, a second end and a second start are refused, once everything is known`() {
        var intake = known()
        let found = EventLines(
            [part("end"), part("start"), part("start"), part("update"), part("end"), part("end"), part("update")],
            &intake
        )
        #expect(found.output.refusals.map(\.line) == [1, 3, 6, 7])
        #expect(found.parts.count == 3)
        #expect(intake.openCount == 0 && intake.openBytes == 0)
        var fresh = AgentEventIntake()
        #expect(EventLines([part("end")], &fresh).output.refusals == [])
    }

    @Test func `what was ended before everything was known is not open afterwards`() {
        var intake = AgentEventIntake()
        _ = EventLines([part("end")], &intake)
        for id in ["a", "b"] {
            let text = Array(id.utf8)
            let key = AgentSpanKey(
                tenant: "",
                trace: SenderID(Array("t".utf8), 0..<1, digits: 32).trace,
                span: SenderID(text, 0..<1, digits: 16).span
            )
            intake.noteOpen(key, bytes: 100, resource: [])
        }
        intake.complete()
        #expect(intake.openCount == 1)
        #expect(EventLines([part("end", "b")], &intake).output.refusals == [])
    }

    @Test func `what could not be stored is as if it had not come`() {
        var intake = known()
        _ = EventLines([part("start", "b")], &intake)
        let before = (intake.openCount, intake.openBytes)
        let found = EventLines([part("start"), part("update", "b"), part("end", "b")], &intake)
        #expect(intake.openCount == 1)
        intake.takeBack(found.output)
        #expect(intake.openCount == before.0 && intake.openBytes == before.1)
        #expect(EventLines([part("end", "b")], &intake).output.refusals == [])
        #expect(EventLines([part("end", "a")], &intake).output.refusals.count == 1)
    }

    @Test func `no more spans are opened than there may be, and their neighbours are kept`() {
        var intake = known()
        intake.limits.openSpans = 2
        let found = EventLines([part("start", "1"), part("start", "2"), part("start", "3"), part("end", "1"), part("start", "4")], &intake)
        #expect(found.output.refusals.map(\.line) == [3])
        #expect(found.refusal?.contains("max_open") == true)
    }

    @Test func `open spans hold no more than they may`() {
        var intake = known()
        intake.limits.openBytes = 4000
        let big = ",\"attributes\":{\"a\":\"\(String(repeating: "x", count: 1500))\"}"
        let found = EventLines([part("start", "1", big), part("start", "2", big), part("start", "3", big), part("end", "1", big)], &intake)
        #expect(found.output.refusals.map(\.line) == [3])
        intake.limits.spanBytes = 2000
        #expect(EventLines([part("update", "2", big)], &intake).refusal?.contains("open span holds") == true)
    }

    @Test func `who goes leaves behind what it opened`() {
        var intake = known()
        _ = EventLines([part("start", "1"), part("start", "2")], &intake, source: 7)
        _ = EventLines([part("start", "3")], &intake, source: 8)
        _ = EventLines([part("end", "1")], &intake, source: 7)
        #expect(intake.left(by: 7).count == 1)
        #expect(intake.left(by: 0).isEmpty)
    }

    @Test func `traces that are remembered have a limit`() {
        var intake = known()
        for number in 0..<10_100 {
            _ = EventLines(["{\"type\":\"request\",\"trace_id\":\"t\(number)\",\"id\":\"r\",\"user\":\"u\"}"], &intake)
        }
        #expect(EventLines(["{\"type\":\"step\",\"trace_id\":\"t0\"}"], &intake).spans[0].attribute("user.id") == nil)
        #expect(EventLines(["{\"type\":\"step\",\"trace_id\":\"t10099\"}"], &intake).spans[0].attribute("user.id") == "u")
    }
}
