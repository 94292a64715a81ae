/// Something that is not as it should be in a data directory.
package struct SpoolFinding: Equatable, Sendable {
    package enum Severity: String, Sendable {
        /// Something is lost, or contradicts something else.
        case error
        /// Worth knowing; nothing is lost.
        case note
    }

    package var severity: Severity
    /// The file, below the data directory.
    package var place: String
    /// What is wrong, and what to do where something can be done.
    package var problem: String
}
