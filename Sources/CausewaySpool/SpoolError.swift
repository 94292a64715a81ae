package import CausewayPlatform

/// Why the spool could not do what it was asked, by what to do next.
package enum SpoolError: Error, Equatable, Sendable {
    /// The configured size, or the disk, is used up: refuse, and try again when readers have moved on.
    case full(reason: String)
    /// The disk failed: what was being written is not acknowledged.
    case disk(DiskError)
    /// Another process works in the directory.
    case locked(path: String)
    /// Written by a newer version, or not a spool at all: leave it alone.
    case unreadable(path: String, reason: String)
    /// The spool has been closed.
    case closed
}

extension SpoolError: CustomStringConvertible {
    /// What, where, and what to do; one line.
    package var description: String {
        switch self {
        case .full(let reason): reason
        case .disk(let error): "\(error)"
        case .locked(let path): "\(path): another bridge works in this directory; stop it, or choose another with --data"
        case .unreadable(let path, let reason): "\(path): \(reason)"
        case .closed: "the spool is closed"
        }
    }
}
