internal import ArgumentParser
internal import Causeway

/// What the command's exit status says to a script.
enum ExitStatus {
    /// Done, and nothing wrong was found.
    static let fine = ExitCode(0)
    /// Done, and something wrong was found.
    static let foundWrong = ExitCode(1)
    /// The command was used wrongly.
    static let wrongUsage = ExitCode(2)
    /// A disk, a network or another machine did not do its part.
    static let couldNot = ExitCode(3)
}

/// Ends the process as an error says: one line on standard error, and the exit status that belongs to it.
func leave(with error: any Error) -> Never {
    if let failure = error as? CausewayError {
        for line in failure.message.split(separator: "\n") { complain(String(line)) }
        CausewayCommand.exit(withError: failure.code == .unavailable ? ExitStatus.couldNot : ExitStatus.foundWrong)
    }
    if CausewayCommand.exitCode(for: error) == .validationFailure {
        let message = CausewayCommand.message(for: error).split(separator: "\n").joined(separator: " ")
        complain("\(message); see causeway --help")
        CausewayCommand.exit(withError: ExitStatus.wrongUsage)
    }
    // Help, the version, and statuses that a command has chosen.
    CausewayCommand.exit(withError: error)
}

/// One line on standard error.
func complain(_ line: String) { StandardStreams.error("causeway: \(line)\n") }
