/// Why a destination did not take a payload, by what to do next.
package enum ExportError: Error, Equatable, Sendable {
    /// Worth sending again, no sooner than `after` when the destination said so.
    case retryable(after: Duration?)
    /// Too many bytes: halve it.
    case tooLarge
    /// Something in it is not acceptable: bisect. Only a single item is ever given up.
    case suspect(status: Int)
    /// We are not welcome: keep everything and pause this destination.
    case refused(status: Int)
}
