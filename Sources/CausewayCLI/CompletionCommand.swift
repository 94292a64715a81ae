internal import ArgumentParser
internal import Causeway

/// `causeway completion`: a script that lets a shell complete the command.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script for bash, zsh or fish.",
        discussion: """
            Examples:
              source <(causeway completion bash)
              causeway completion zsh > ~/.zfunc/_causeway
              causeway completion fish > ~/.config/fish/completions/causeway.fish
            """
    )

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        let script =
            switch shell {
            case .bash: CausewayCommand.completionScript(for: .bash)
            case .zsh: CausewayCommand.completionScript(for: .zsh)
            case .fish: CausewayCommand.completionScript(for: .fish)
            }
        try StandardStreams.output(script + "\n")
    }
}
