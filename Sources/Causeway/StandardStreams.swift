internal import CausewayPlatform

/// Standard input, output and error as the command uses them.
package enum StandardStreams {
    /// The largest file or input that is read whole.
    package static let inputLimit = 1 << 30

    package static func output(_ text: String) throws(CausewayError) { try output([UInt8](text.utf8)) }

    package static func output(_ bytes: [UInt8]) throws(CausewayError) {
        do throws(DiskError) {
            try Files.writeToStandardOutput(bytes)
        } catch {
            throw CausewayError(.unavailable, "standard output: \(error.reason)", underlying: error)
        }
    }

    package static var outputIsTerminal: Bool { Files.standardOutputIsTerminal }

    /// `NO_COLOR` of the environment (no-color.org).
    package static var noColor: String? { ProcessSurroundings.environment()["NO_COLOR"] }

    package static func error(_ text: String) { Files.writeToStandardError([UInt8](text.utf8)) }

    /// A file's bytes; `-` is standard input.
    package static func contents(of path: String) throws(CausewayError) -> [UInt8] {
        do throws(DiskError) {
            return try Files.read(path, limit: inputLimit)
        } catch {
            let name = path == "-" ? "standard input" : path
            throw CausewayError(.unavailable, "\(name): \(error.reason); check the path and its permissions", underlying: error)
        }
    }
}
