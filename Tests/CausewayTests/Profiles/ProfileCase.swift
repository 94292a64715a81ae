import CausewayExporters
import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import CausewaySpool
import Foundation
import Testing

@testable import Causeway

/// A backend as somebody would configure it who has just read its page, and what it then gets.
struct ProfileCase: CustomTestStringConvertible, Sendable {
    let name: String

    var testDescription: String { name }

    static let all = BackendProfile.names.map { ProfileCase(name: $0) }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/profiles")

    var golden: URL { Self.folder.appending(path: "\(name).json") }

    /// The ten lines of configuration that the documentation shows.
    var example: String {
        guard let backend = BackendProfile.named(name) else { return "" }
        var lines = ["destinations:", "  \(name):", "    profile: \(name)", "    endpoint: \(backend.endpoint)"]
        let credentials = backend.credentials.filter { backend.requires.contains($0.name) }
        if !credentials.isEmpty {
            lines.append("    credentials:")
            lines += credentials.map { "      \($0.name): \"${env:\(Self.variable(name, $0.name))}\"" }
        }
        if backend.requires.contains("project") {
            let project = ["mlflow": "\"1\"", "weave": "team/agents"][name] ?? "agents"
            lines.append("    project: \(project)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func variable(_ profile: String, _ credential: String) -> String {
        let word = credential.uppercased()
        return word.hasPrefix(profile.uppercased()) ? word : "\(profile.uppercased())_\(word)"
    }

    /// The example with something for every variable; `more` goes at the end of the destination.
    func loaded(_ more: String = "") -> LoadedConfiguration {
        var environment: [String: String] = [:]
        for credential in BackendProfile.named(name)?.credentials ?? [] {
            environment[Self.variable(name, credential.name)] = "the-\(credential.name)"
        }
        let text = example + more.split(separator: "\n").map { "    \($0)\n" }.joined()
        return load(text, environment: environment)
    }

    /// The first request for spans, in words that people can read.
    func request(_ more: String = "", tenant: String = "") throws -> JSONValue {
        let destination = loaded(more).configuration.destinations[0]
        let settings = DestinationSettings(destination, travellers: nil)
        var rendering = PayloadRendering(destination)
        rendering.now = { 1_767_225_680_000_000_000 }
        let stored = try Self.stored()
        var frame = StoredFrame(
            sequence: 1,
            signal: Signal.traces.rawValue,
            tenant: tenant,
            items: 10,
            receivedNanoseconds: 0,
            payload: stored
        )
        frame.notes = Self.notes(stored, tenant)
        let rendered = rendering.rendered([Part(frame, items: 0..<10)])
        let body = try OTLPJSON.json(fromProtobuf: [UInt8](rendered.pieces.joined()), signal: .traces)
        let headers = (settings.headers + rendered.headers).sorted { $0.name.lowercased() < $1.name.lowercased() }
        return .members([
            ("url", .string(settings.urls[Signal.traces.rawValue] ?? "none")),
            ("compression", .string(settings.compression.rawValue)),
            ("headers", .members(headers.map { ($0.name, .string($0.value)) })),
            ("body", try JSONValue(parsing: body)),
        ])
    }

    /// What settling says of the run: its outcome and totals, which tries are of one call.
    private static func notes(_ stored: [UInt8], _ tenant: String) -> [StoredNote] {
        var table = SettleTable(SettleOptions())
        table.take(SettleTable.Frame(sequence: 1, tenant: tenant, signal: .traces, items: 10, payload: stored), arrival: 1)
        table.finish()
        var notes: [StoredNote] = []
        while let settled = table.takeSettled(maxBytes: .max) {
            for note in settled.notes {
                notes.append(StoredNote(sequence: note.sequence, item: note.item, isLate: false, number: 1, payload: note.payload))
            }
        }
        return notes
    }

    /// An agent's run of nine steps as it lies in the log.
    static func stored() throws -> [UInt8] {
        let body = [UInt8](try Data(contentsOf: folder.appending(path: "run.otlp.json")))
        let payload = try OTLPJSON.protobuf(fromJSON: body, signal: .traces).payload
        return understand(payload, signal: .traces, options: UnderstandingOptions(callKey: CallKey(1, 2))).payload
    }
}

extension JSONValue {
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
}
