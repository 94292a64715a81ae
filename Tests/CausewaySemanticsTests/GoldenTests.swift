import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Foundation
import Testing

/// What becomes of real instrumentations' requests, compared with what was read and found right.
struct GoldenTests {
    @Test(arguments: Capture.all)
    func `a captured request is understood as it was when somebody read it`(capture: Capture) throws {
        let report = Changes.report(try capture.payload, capture.signal, options: Changes.priced)
        let file = Capture.expected.appending(path: capture.path + ".txt")
        if ProcessInfo.processInfo.environment["CAUSEWAY_WRITE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(report.utf8).write(to: file)
            return
        }
        let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(report == expected)
    }
}

/// A captured request body.
struct Capture: CustomTestStringConvertible, Sendable {
    let path: String
    let signal: Signal

    var testDescription: String { path }

    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
    static let expected = fixtures.appending(path: "understood")

    /// The request in protobuf.
    var payload: [UInt8] {
        get throws {
            let body = [UInt8](try Data(contentsOf: Self.fixtures.appending(path: "corpus/" + path)))
            return path.hasSuffix(".json") ? try OTLPJSON.protobuf(fromJSON: body, signal: signal).payload : body
        }
    }

    static let all: [Capture] = {
        let root = fixtures.appending(path: "corpus")
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return paths.sorted().compactMap { path in
            for (kind, signal) in [("otlp", Signal.traces), ("metrics", .metrics), ("logs", .logs)] {
                if path.hasSuffix(".\(kind).pb") || path.hasSuffix(".\(kind).json") { return Capture(path: path, signal: signal) }
            }
            return nil
        }
    }()
}
