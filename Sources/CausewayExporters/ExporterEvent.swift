/// Something an operator may want to read about, once each time it begins or ends.
package enum ExporterEvent: Equatable, Sendable {
    /// The destination does not take anything at the moment; nothing is lost, it is tried again.
    case backingOff(destination: String, reason: String, wait: Duration)
    /// The destination does not want us: a token, a path, a right is missing. Nothing is lost, it is tried again now and then.
    case paused(destination: String, status: Int, reason: String)
    /// It takes data again.
    case recovered(destination: String, failures: Int)
    /// Items that it will never take; they are on the ledger.
    case rejected(destination: String, signal: UInt8, items: Int, reason: String)
    /// Items that it does not take were set aside; a command shows them, sends them again or drops them.
    case quarantined(destination: String, signal: UInt8, items: Int, reason: String)
    /// It took everything and had something to say.
    case warning(destination: String, message: String)
    /// A redirect was followed: the configured address is not where the data end up.
    case redirected(destination: String, to: String)
    /// The log could not be read, or an outcome not be noted.
    case logFailed(destination: String, reason: String)
    /// A destination that is no longer configured has been let go; its reader is not used any more.
    case removed(destination: String)
}
