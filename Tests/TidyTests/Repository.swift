import Foundation

/// The files of the project, as text.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct File: CustomStringConvertible, Sendable {
        /// From the root of the project.
        var path: String
        var text: String

        var description: String { path }
        var name: String { URL(filePath: path).lastPathComponent }
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    static func file(_ path: String) throws -> File {
        File(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).standardizedFileURL.path)
    }

    /// Every text file below `folder` that is ours, in order of its path; captured data and what tools leave behind are not.
    static func files(below folder: String = "", ending suffixes: [String] = [""]) throws -> [File] {
        let start = folder.isEmpty ? root : root.appending(path: folder)
        guard let walk = FileManager.default.enumerator(atPath: start.path) else { return [] }
        var paths: [String] = []
        while let path = walk.nextObject() as? String {
            let whole = folder.isEmpty ? path : folder + "/" + path
            if notOurs.contains(whole) || whole.hasSuffix("__pycache__") {
                walk.skipDescendants()
            } else if suffixes.contains(where: whole.hasSuffix) {
                paths.append(whole)
            }
        }
        return paths.sorted().compactMap { try? file($0) }
    }

    static func swiftSources() throws -> [File] { try files(below: "Sources", ending: [".swift"]) }

    /// The module that a source file belongs to.
    static func module(of file: File) -> String { String(file.path.split(separator: "/")[1]) }

    private static let notOurs: Set<String> = [".git", ".build", ".venv", "Tests/Fixtures", "causeway-data", "out"]
}
