import CausewayModel
import CausewayOTLP
import Foundation
import Testing

@testable import CausewaySemantics

/// A line of each type with every member that it may have, and the OTLP that it becomes, as somebody read it and found it right.
///
/// With `CAUSEWAY_WRITE_GOLDEN` set the files are written anew.
struct AgentEventGoldenTests {
    private static let folder = Capture.fixtures.appending(path: "agent-events")

    /// Every member at its example, but those that exclude others.
    private func line(_ type: AgentEventType) -> JSONValue {
        var members: [JSONMember] = []
        let left: Set<String> = ["phase", "end", "status"]
        for field in AgentEventSchema.fields(of: type) {
            let text = field.name == "type" ? "\"\(type.rawValue)\"" : field.name == "id" ? "\"span-1\"" : field.example
            guard !left.contains(field.name), let value = try? JSONValue(parsing: Array(text.utf8)) else { continue }
            members.append(JSONMember(field.name, value))
        }
        return .object(members)
    }

    private func written(_ value: JSONValue, isPretty: Bool) -> [UInt8] {
        var writer = JSONWriter(pretty: isPretty)
        writer.value(value)
        return writer.bytes + [0x0A]
    }

    @Test(arguments: AgentEventType.allCases)
    func `a line with every member becomes what it became when somebody read it`(type: AgentEventType) throws {
        let input = written(line(type), isPretty: false)
        var intake = AgentEventIntake()
        let found = EventLines([String(decoding: input.dropLast(), as: UTF8.self)], &intake)
        #expect(found.output.refusals == [])
        #expect(found.output.warnings == [])
        let output = found.output
        let (payload, signal): ([UInt8], Signal) =
            !output.spans.isEmpty ? (output.spans, .traces) : !output.records.isEmpty ? (output.records, .logs) : (output.parts, .traces)
        let understood = output.parts.isEmpty ? EventLines.understood(payload, signal) : payload
        let golden = written(EventLines.json(understood, signal), isPretty: true)
        let files = (Self.folder.appending(path: "\(type.rawValue).in.jsonl"), Self.folder.appending(path: "\(type.rawValue).out.json"))
        if ProcessInfo.processInfo.environment["CAUSEWAY_WRITE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(input).write(to: files.0)
            try Data(golden).write(to: files.1)
            return
        }
        #expect(String(decoding: input, as: UTF8.self) == String(decoding: try Data(contentsOf: files.0), as: UTF8.self))
        #expect(String(decoding: golden, as: UTF8.self) == String(decoding: try Data(contentsOf: files.1), as: UTF8.self))
    }
}
