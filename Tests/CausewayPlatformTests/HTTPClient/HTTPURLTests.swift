import CausewayPlatform
import Testing

struct HTTPURLTests {
    @Test(arguments: [
        ("http://127.0.0.1:4318/v1/traces", "http", "127.0.0.1", 4318), ("https://OTEL.example", "https", "otel.example", 443),
        ("http://[::1]:80/x?y=z", "http", "::1", 80), ("HTTP://a.example/", "http", "a.example", 80),
    ])
    func `an address has a scheme, a host and a port`(text: String, scheme: String, host: String, port: Int) throws {
        let url = try #require(HTTPURL(text))
        #expect(url.scheme == scheme)
        #expect(url.host == host)
        #expect(url.port == port)
    }

    @Test(arguments: ["", "/v1/traces", "ftp://a.example/", "file:///etc/passwd", "http://", "http://a.example:99999/", "http://a b/"])
    func `anything else is none`(text: String) {
        #expect(HTTPURL(text) == nil)
    }

    @Test(arguments: [
        ("/there", "http://a.example:8080/there"), ("there", "http://a.example:8080/v1/there"),
        ("https://b.example/x", "https://b.example/x"),
        ("//b.example/x", "http://b.example/x"), ("?q", "http://a.example:8080/v1/traces?q"),
    ])
    func `a location is seen from where the answer came`(location: String, expected: String) throws {
        #expect(try #require(HTTPURL("http://a.example:8080/v1/traces")).resolving(location)?.description == expected)
    }

    @Test(arguments: [
        ("http://a.example:80/x", true), ("http://A.example", true), ("https://a.example", false), ("http://a.example:81", false),
        ("http://b.a.example", false),
    ])
    func `an origin is scheme, host and port`(other: String, isSame: Bool) throws {
        #expect(try #require(HTTPURL("http://a.example/y")).isSameOrigin(as: #require(HTTPURL(other))) == isSame)
    }
}
