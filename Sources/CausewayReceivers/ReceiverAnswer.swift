/// What became of a request that had come whole.
package enum ReceiverAnswer: Equatable, Sendable {
    /// Durable; `refused` items of it were not acceptable and are not kept. A message alone is a warning.
    case accepted(refused: Int = 0, message: String? = nil)
    /// Cannot be decoded, now or ever.
    case malformed(String)
    /// No room now; worth sending again after so many seconds.
    case unavailable(String, retryAfterSeconds: Int)
    /// It has come through this bridge before.
    case loop(String)
    /// The sender's credentials are nobody's.
    case unauthorized(String)
    /// More than could ever be kept in one piece.
    case tooLarge(String)
}
