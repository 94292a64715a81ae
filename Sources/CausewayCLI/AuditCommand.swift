internal import ArgumentParser
internal import Causeway

/// `causeway audit`: the books of a data directory.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Check the books of a spool: every item appended has an outcome or is pending; exit 1 if they do not balance.",
        discussion: """
            Counts the items in the log anew and holds them against heads, footers and cursors; lists the ledger. A running bridge is
            not disturbed.

            Examples:
              causeway audit
              causeway audit --data /var/lib/causeway --json
            """
    )

    @OptionGroup var target: SpoolTarget

    func run() throws { try target.tell(SpoolReport.audit) }
}
