import CausewayModel
import Foundation
import Testing

/// A captured request of a real instrumentation.
struct CorpusFile: Sendable, CustomTestStringConvertible {
    /// Below `Tests/Fixtures/corpus`.
    let path: String
    let signal: Signal

    var testDescription: String { path }

    var bytes: [UInt8] {
        get throws { [UInt8](try Data(contentsOf: Self.folder.appending(path: path))) }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/corpus")

    static let all: [CorpusFile] = {
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return paths.sorted().compactMap { path in
            if path.hasSuffix(".otlp.pb") { return CorpusFile(path: path, signal: .traces) }
            if path.hasSuffix(".metrics.pb") { return CorpusFile(path: path, signal: .metrics) }
            if path.hasSuffix(".logs.pb") { return CorpusFile(path: path, signal: .logs) }
            return nil
        }
    }()
}
