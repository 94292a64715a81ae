import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Foundation
import Testing

/// Requests written down from a dialect's documentation, and what they become: `NAME.in.json` beside `NAME.out.json`, a folder a dialect.
struct FixtureTests {
    @Test(arguments: DialectFixture.all)
    func `a request of a dialect becomes what stands beside it`(fixture: DialectFixture) throws {
        let payload = try fixture.payload
        let understood = understand(payload, signal: fixture.signal, options: Changes.options)
        let json = try OTLPJSON.json(fromProtobuf: understood.payload, signal: fixture.signal)
        var writer = JSONWriter(pretty: true)
        writer.value(try JSONValue(parsing: json))
        let text = String(decoding: writer.bytes, as: UTF8.self) + "\n"
        if ProcessInfo.processInfo.environment["CAUSEWAY_WRITE_GOLDEN"] != nil { return try Data(text.utf8).write(to: fixture.expected) }
        #expect(text == String(decoding: try Data(contentsOf: fixture.expected), as: UTF8.self))
    }

    @Test func `every fixture stands in the folder of its dialect`() throws {
        for fixture in DialectFixture.all {
            let understood = understand(try fixture.payload, signal: fixture.signal, options: Changes.options)
            #expect(understood.items[fixture.dialect] != nil, "\(fixture.testDescription): \(understood.items)")
        }
    }
}

/// A request from a dialect's documentation. Its signal is the second last part of its name, spans if that says nothing.
struct DialectFixture: CustomTestStringConvertible, Sendable {
    let dialect: String
    let name: String

    var testDescription: String { "\(dialect)/\(name)" }

    private static let folder = Capture.fixtures.appending(path: "dialects")

    var signal: Signal { name.hasSuffix(".logs") ? .logs : name.hasSuffix(".metrics") ? .metrics : .traces }

    var payload: [UInt8] {
        get throws {
            let body = [UInt8](try Data(contentsOf: Self.folder.appending(path: "\(dialect)/\(name).in.json")))
            return try OTLPJSON.protobuf(fromJSON: body, signal: signal).payload
        }
    }

    var expected: URL { Self.folder.appending(path: "\(dialect)/\(name).out.json") }

    static let all: [DialectFixture] = {
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".in.json") }.sorted().map { path in
            let parts = path.split(separator: "/").map(String.init)
            return DialectFixture(dialect: parts[0], name: String(parts[1].dropLast(8)))
        }
    }()
}
