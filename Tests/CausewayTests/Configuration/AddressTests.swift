import CausewayModel
import Testing

@testable import Causeway

struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1:4318", "127.0.0.1", 4318), ("[::1]:4318", "::1", 4318), ("localhost:0", "localhost", 0), (":4318", "0.0.0.0", 4318),
        ("[::]:65535", "::", 65_535), ("agent-1.example:1", "agent-1.example", 1),
    ])
    func `an address to listen on is a host and a port`(_ text: String, _ host: String, _ port: Int) {
        #expect(ListenAddress(text: text) == ListenAddress(host: host, port: port))
    }

    @Test(arguments: [
        "", "4318", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "::1:4318", "[1]:2", "a b:1", "http://a:1", "a/b:1",
    ])
    func `what is no address is not read`(_ text: String) {
        #expect(ListenAddress(text: text) == nil)
    }

    @Test(arguments: ["127.0.0.1:4318", "[::1]:4318", "localhost:0"])
    func `an address is written as it is read`(_ text: String) {
        #expect(ListenAddress(text: text)?.description == text)
    }

    @Test(arguments: [
        ("https://otel.example", "otel.example", 443, ""), ("http://otel.example/", "otel.example", 80, "/"),
        ("http://[::1]:4318/a/b?c=d", "::1", 4318, "/a/b"), ("https://a:1?x", "a", 1, ""),
    ])
    func `an endpoint is read and written the same`(_ text: String, _ host: String, _ port: Int, _ path: String) throws {
        let url = try #require(EndpointURL(text))
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.path == path)
        #expect(url.description == text)
    }

    @Test(arguments: [
        "", "otel", "ftp://a", "http://", "http://:80", "http://a:b", "http://a:0", "https://a@b", "https://a#b", "https://[a]",
        "http://a\u{e9}",
    ])
    func `what telemetry cannot be sent to is no endpoint`(_ text: String) {
        #expect(EndpointURL(text) == nil)
    }

    @Test(arguments: [
        ("https://a", ["https://a/v1/traces", "https://a/v1/metrics", "https://a/v1/logs"]),
        ("https://a/b/", ["https://a/b/v1/traces", "https://a/b/v1/metrics", "https://a/b/v1/logs"]),
        ("https://a?k=v", ["https://a/v1/traces?k=v", "https://a/v1/metrics?k=v", "https://a/v1/logs?k=v"]),
        ("https://a/v1/traces", ["https://a/v1/traces"]),
        ("https://a/x/v1/logs/", ["https://a/x/v1/logs/"]),
        ("https://a/v1/tracesx", ["https://a/v1/tracesx/v1/traces", "https://a/v1/tracesx/v1/metrics", "https://a/v1/tracesx/v1/logs"]),
    ])
    func `an endpoint is a base, unless it ends in a signal's path`(_ text: String, _ urls: [String]) throws {
        var destination = Configuration.Destination(name: "a")
        destination.endpoint = EndpointURL(text)
        #expect(Signal.allCases.compactMap { destination.url(for: $0)?.description } == urls)
    }

    @Test func `one signal's own endpoint wins over the base and is used as it is`() {
        var destination = Configuration.Destination(name: "a")
        destination.endpoint = EndpointURL("https://a")
        destination.endpoints.logs = EndpointURL("https://b/logs")
        #expect(
            Signal.allCases.compactMap { destination.url(for: $0)?.description } == [
                "https://a/v1/traces", "https://a/v1/metrics", "https://b/logs",
            ]
        )
    }

    @Test(arguments: [("endpiont", "endpoint"), ("directroy", "directory"), ("max_byte", "max_bytes"), ("ENDPOINT", "endpoint")])
    func `the nearest word is found`(_ word: String, _ meant: String) {
        #expect(nearest(to: word, among: ["directory", "max_bytes", "endpoint", "endpoints"]) == meant)
    }

    @Test func `a word that is near to none has no nearest`() {
        #expect(nearest(to: "banana", among: ["directory", "max_bytes"]) == nil)
        #expect(nearest(to: "", among: ["directory"]) == nil)
    }
}
