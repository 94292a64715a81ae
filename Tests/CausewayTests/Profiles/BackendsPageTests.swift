import CausewayModel
import CausewayPlatform
import Foundation
import Testing

@testable import Causeway

/// The page about backends is made from what the bridge knows about them.
struct BackendsPageTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/backends.md")

    private static let mark =
        "<!-- From here on made from profiles/; CAUSEWAY_WRITE_GOLDEN=1 swift test --filter BackendsPage writes it. -->\n"

    @Test func `the page says of every backend what its profile says`() throws {
        let text = String(decoding: try Data(contentsOf: Self.page), as: UTF8.self)
        let start = try #require(text.range(of: Self.mark), "the mark is missing")
        let made = text[..<start.upperBound] + Self.sections
        if ProcessInfo.processInfo.environment["CAUSEWAY_WRITE_GOLDEN"] != nil { return try Data(made.utf8).write(to: Self.page) }
        #expect(text == made)
    }

    private static var sections: String {
        BackendProfile.names.compactMap { BackendProfile.named($0) }.sorted { $0.title < $1.title }.map(section).joined()
    }

    private static func section(_ backend: BackendProfile) -> String {
        let example = ProfileCase(name: backend.name)
        let destination = example.loaded().configuration.destinations[0]
        var text = "\n## \(backend.title)\n\n```yaml\n\(example.example)```\n\n| | |\n| --- | --- |\n"
        func row(_ what: String, _ value: String) { text += "| \(what) | \(value) |\n" }
        row("signals", backend.takenSignals?.joined(separator: ", ") ?? "traces, metrics, logs")
        row("spans go to", "`\(destination.url(for: .traces)?.description ?? "")`")
        for header in backend.headers { row("header", "`\(header.name): \(header.form)`") }
        for attribute in backend.resource { row("on resources", "`\(attribute.key): \(attribute.form)`") }
        for credential in backend.credentials { row("`\(credential.name)`", credential.place) }
        row("dialect", "`\(destination.dialect.rawValue)`")
        if backend.addsUp { row("tokens", "on spans that count only, so that a sum over spans is right") }
        row("packed with", destination.compression.rawValue)
        row("a request has at most", "\(ByteCount(destination.limits.requestBytes))")
        if destination.limits.attributeBytes > 0 { row("a text has at most", "\(ByteCount(destination.limits.attributeBytes))") }
        if let age = destination.maxItemAge { row("takes nothing older than", age.text) }
        if let temporality = destination.temporality { row("metrics", temporality.rawValue) }
        if destination.takesSyntheticRoots { row("a root that never came", "is made up ([settling.md](settling.md))") }
        row("tried", backend.tested.map { "with \($0) (`make backends`)" } ?? "by its documentation only")
        text +=
            "\nYou see " + backend.shows.joined(separator: "; ") + ".\n\nIt cannot show " + backend.lacks.joined(separator: "; ") + ".\n"
        return text
    }
}
