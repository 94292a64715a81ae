import CausewayModel
import Foundation
import Testing

/// The files of `Tests/Fixtures`.
enum Fixtures {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

    static func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: directory.appending(path: path))) }

    /// A captured request body, as it came from an instrumentation.
    struct Capture: CustomTestStringConvertible, Sendable {
        let path: String
        let signal: Signal

        var testDescription: String { path }

        var bytes: [UInt8] { get throws { try Fixtures.bytes("corpus/" + path) } }
    }

    /// Every captured OTLP request in protobuf (`pb`) or JSON (`json`).
    static func captures(_ encoding: String) -> [Capture] {
        let root = directory.appending(path: "corpus")
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return paths.sorted().compactMap { path in
            for (kind, signal) in [("otlp", Signal.traces), ("metrics", .metrics), ("logs", .logs)]
            where path.hasSuffix(".\(kind).\(encoding)") {
                return Capture(path: path, signal: signal)
            }
            return nil
        }
    }
}
