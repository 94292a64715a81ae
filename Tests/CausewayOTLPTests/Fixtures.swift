import CausewayModel
import Foundation

/// The files of `Tests/Fixtures`.
enum Fixtures {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

    static func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: directory.appending(path: path))) }
}

extension CorpusFile {
    /// Requests that were captured in JSON.
    static let json: [CorpusFile] = {
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return paths.sorted().compactMap { path in
            if path.hasSuffix(".otlp.json") { return CorpusFile(path: path, signal: .traces) }
            if path.hasSuffix(".metrics.json") { return CorpusFile(path: path, signal: .metrics) }
            if path.hasSuffix(".logs.json") { return CorpusFile(path: path, signal: .logs) }
            return nil
        }
    }()
}
