import Testing

@testable import Causeway

struct ConfigurationExampleTests {
    @Test func `the example is the default configuration`() {
        let loaded = load(Configuration.example)
        #expect(loaded.errors.isEmpty)
        #expect(loaded.configuration == Configuration())
    }

    @Test func `the example shows every key there is`() {
        let loaded = load(Configuration.example)
        let given = Set(loaded.origins.keys)
        #expect(given.isSuperset(of: ["receivers.otlp.http", "spool.keep.age", "log.format", "memory.budget"]))
        #expect(given.count == 38)
    }

    @Test func `with its comments taken away the example's destination is fine too`() throws {
        let loaded = load(Self.uncommented, environment: ["TOKEN": "t"], files: Self.pemFiles)
        #expect(loaded.errors == [])
        let destination = try #require(loaded.configuration.destinations.first)
        #expect(destination.name == "backend")
        #expect(destination.headers.map(\.name) == ["authorization"])
        #expect(destination.tls.key == "/etc/causeway/client.key")
        #expect(destination.endpoints.logs?.description == "https://otel.example.com/v1/logs")
    }

    static let pemFiles = ["/etc/ssl/private-ca.pem": "x", "/etc/causeway/client.pem": "x", "/etc/causeway/client.key": "x"]

    /// Every comment that is configuration, as configuration: keys and their values have a colon behind one word.
    static var uncommented: String {
        var lines: [String] = []
        var isBelowDestinations = false
        for line in Configuration.example.split(separator: "\n") {
            if line.hasPrefix("# destinations:") { isBelowDestinations = true }
            guard isBelowDestinations else {
                lines.append(String(line))
                continue
            }
            let body = String(line.dropFirst(2))
            let indentation = body.prefix { $0 == " " }
            var text = body.dropFirst(indentation.count)
            if text.hasPrefix("# ") { text = text.dropFirst(2) }
            let word = text.prefix { $0.isLowercase || $0 == "_" }
            let isKey = !word.isEmpty && text.dropFirst(word.count).hasPrefix(":")
            lines.append(isKey ? "\(indentation)\(text)" : "")
        }
        return lines.joined(separator: "\n")
    }
}
