import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Foundation
import Testing

/// A whole run that comes in a dialect's newest words leaves in them as it came, in each of the dialects that we write.
struct RunRoundTripTests {
    /// An agent's run of nine steps, in a dialect's words, as if nobody had understood it before.
    private static func run(_ dialect: RenderedDialect) throws -> [UInt8] {
        let body = [UInt8](try Data(contentsOf: Capture.fixtures.appending(path: "profiles/run.otlp.json")))
        let payload = try OTLPJSON.protobuf(fromJSON: body, signal: .traces).payload
        let stored = understand(payload, signal: .traces, options: Changes.options).payload
        return RoundTripTests.unmarked(render(stored, signal: .traces, as: dialect))
    }

    @Test(arguments: RenderedDialect.allCases)
    func `a run of nine steps leaves a dialect as it came in it`(dialect: RenderedDialect) throws {
        let came = try Self.run(dialect)
        let stored = understand(came, signal: .traces, options: Changes.options).payload
        let left = render(stored, signal: .traces, as: dialect)
        let (before, after) = (Changes.items(came, .traces), Changes.items(left, .traces))
        #expect(before.map(\.name) == after.map(\.name) && before.count == 10)
        for (old, new) in zip(before, after) {
            for attribute in old.attributes where !attribute.key.hasPrefix("causeway.source.") {
                // A step that it has no word for leaves as its nearest.
                if attribute.key == "causeway.step.type", ![.genAI1, .genAI2, .genAI3].contains(dialect) { continue }
                let found = new.attributes.first { $0.key == attribute.key }
                let isSame = found.map { RoundTripTests.isSame(attribute.value, $0.value) } ?? false
                if !isSame, RoundTripExceptions.reason(dialect, attribute, found?.value) != nil { continue }
                #expect(isSame, "\(old.name): \(Changes.text(attribute)) → \(found.map { Changes.text($0) } ?? "nothing")")
            }
            #expect(old.events.map(\.name) == new.events.map(\.name), "\(old.name)")
        }
    }
}
