/// Why a destination did not take a payload, by what to do next.
package enum ExportError: Error, Equatable, Sendable {
    /// Worth sending again, no sooner than `after` when the destination said so.
    case retryable(after: Duration?)
    /// It failed over this (408, 500, a 5xx that is on no list): worth sending again, unless others get through meanwhile.
    case doubtful(status: Int, after: Duration?)
    /// The connection broke over it: worth sending again, unless that happens time and again while others get through.
    case reset
    /// Too many bytes: halve it.
    case tooLarge
    /// Something in it is not acceptable: bisect. What nobody takes is set aside.
    case suspect(status: Int)
    /// We are not welcome: keep everything and pause this destination.
    case refused(status: Int)
}
