import NIOHTTP1
import Testing

@testable import CausewayReceivers

@Suite struct RequestFactsTests {
    private func facts(_ target: String, _ headers: [(String, String)] = [], method: HTTPMethod = .POST) -> RequestFacts {
        RequestFacts(HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: HTTPHeaders(headers)))
    }

    @Test(arguments: [
        ("/v1/traces", "/v1/traces", ""), ("/v1/traces?", "/v1/traces", ""), ("/a?b?c", "/a", "b?c"),
        ("http://host:1/v1/logs", "/v1/logs", ""),
        ("HTTPS://host/x?y", "/x", "y"), ("http://host", "/", ""), ("http://host?q", "/", "q"), ("*", "*", ""),
        ("/http://x", "/http://x", ""),
        ("", "", ""),
    ])
    func `a target is taken apart in every form that HTTP knows`(target: String, path: String, query: String) {
        #expect(facts(target).path == path)
        #expect(facts(target).query == query)
    }

    @Test func `headers are found whatever their case`() {
        let facts = facts(
            "/",
            [
                ("HOST", "a"), ("Content-TYPE", "x"), ("content-length", " 12 "), ("Content-Encoding", "gzip"), ("EXPECT", "100-Continue"),
                ("Upgrade", "h2c"), ("transfer-ENCODING", "chunked"),
            ]
        )
        #expect(facts.hosts == 1)
        #expect(facts.contentType == "x")
        #expect(facts.contentLength == 12)
        #expect(facts.contentEncoding == "gzip")
        #expect(facts.expectsContinue)
        #expect(facts.offersUpgrade)
        #expect(facts.transferEncoding == "chunked")
        #expect(facts.announcedBytes == nil)
        #expect(facts.objection() == nil)
    }

    @Test func `an encoding said twice is a list, which nobody understands`() {
        #expect(facts("/", [("Content-Encoding", "gzip"), ("Content-Encoding", "br")]).contentEncoding == "gzip,br")
    }

    @Test func `a request without length and chunks announces no body`() {
        #expect(facts("/").announcedBytes == 0)
        #expect(facts("/", [("Content-Length", "7")]).announcedBytes == 7)
    }

    @Test func `what a sender said is quoted short and without anything that breaks a line`() {
        #expect("a\r\nb\u{0}\u{202E}".quotedBriefly == "\"a\u{FFFD}\u{FFFD}b\u{FFFD}\u{FFFD}\"")
        #expect(String(repeating: "x", count: 101).quotedBriefly == "\"\(String(repeating: "x", count: 100))…\"")
    }
}
