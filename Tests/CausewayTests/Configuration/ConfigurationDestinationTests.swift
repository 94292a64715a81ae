import CausewayModel
import Testing

@testable import Causeway

/// What a destination wants, and how its requests travel.
struct ConfigurationDestinationTests {
    private func destination(_ keys: String, environment: [String: String] = [:]) -> LoadedConfiguration {
        load("destinations: { a: { endpoint: \"https://otel.example.com\", \(keys) } }", environment: environment)
    }

    @Test func `a destination says what it wants, and what is printed can be read again`() throws {
        let keys = """
            signals: [traces], tenants: [acme, ""], environments: [production], limits: { request: 1MiB, attribute: 2KiB }, \
            bytes_per_second: 64KiB, http2: true, proxy: none, connection_life: 10s, compression_level: 6
            """
        let loaded = destination(keys)
        #expect(loaded.errors == [])
        let found = try #require(loaded.configuration.destinations.first)
        #expect(found.tenants == ["acme", ""] && found.environments == ["production"] && found.http2 && found.compressionLevel == 6)
        #expect(found.url(for: .traces) != nil && found.url(for: .metrics) == nil)
        #expect((found.limits.requestBytes, found.limits.attributeBytes, found.bytesPerSecond) == (1 << 20, 2048, 64 << 10))
        #expect(found.proxy?.url.revealed() == "")
        #expect(load(loaded.printed).configuration == loaded.configuration)
    }

    @Test func `a proxy's password is never shown`() {
        let loaded = destination("proxy: \"http://me:${env:P}@proxy.example:3128\"", environment: ["P": "geheim"])
        #expect(loaded.errors == [])
        #expect(loaded.configuration.destinations[0].proxy?.url.revealed() == "http://me:geheim@proxy.example:3128")
        #expect(!loaded.printed.contains("geheim") && loaded.printed.contains("http://***@proxy.example:3128"))
        #expect(!"\(loaded.configuration)".contains("geheim"))
        #expect(!destination("proxy: \"ftp://me:geheim@x\"").errors.joined().contains("geheim"))
    }

    @Test(arguments: [
        ("http2: yes", "c.yaml:1: destinations.a.http2: \"yes\" is neither true nor false; write one of them"),
        (
            "proxy: example.com",
            "c.yaml:1: destinations.a.proxy: not a proxy's address; write http://HOST:PORT (or https, socks5, socks5h), or none"
        ),
        ("tenants: [a, a]", "c.yaml:1: destinations.a.tenants: one of them twice; name it once"),
        (
            "signals: [spans]",
            "c.yaml:1: destinations.a.signals: \"spans\" is not one of: traces, metrics, logs; write one of them"
        ),
    ])
    func `what cannot be meant is an error`(keys: String, error: String) { #expect(destination(keys).errors == [error]) }

    @Test func `an endpoint for one signal and a wish for another do not go together`() {
        let loaded = load("destinations: { a: { endpoint: \"https://x/v1/traces\", signals: [logs] } }")
        #expect(
            loaded.errors == [
                "c.yaml:1: destinations.a.signals: no address for any of them; name a signal that the endpoint takes, or another endpoint"
            ]
        )
    }

    @Test func `what has no effect is told`() {
        let loaded = load("destinations: { a: { endpoint: \"http://localhost:9\", http2: true, compression: none, compression_level: 9 } }")
        #expect(loaded.errors == [])
        #expect(loaded.warnings.count == 2)
    }

    @Test func `files that values came from are known, and a change of one is noticed`() {
        let loaded = load(anyDestination + "log: { level: \"${file:/level}\" }", files: ["/level": "debug\n"])
        #expect(loaded.errors == [])
        #expect(Array(loaded.files.keys) == ["/level"])
        let same = FileWatch(loaded.files) { _ in .success([UInt8]("debug\n".utf8)) }
        let changed = FileWatch(loaded.files) { _ in .success([UInt8]("info\n".utf8)) }
        let gone = FileWatch(loaded.files) { _ in .failure(.init(reason: "gone")) }
        #expect([same, changed, gone].map { $0.hasChanged() } == [false, true, false])
    }
}
