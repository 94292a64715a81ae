internal import CCauseway
internal import Glibc

/// What the operator asks of the running process, from POSIX signals, in the order they come.
///
/// Make it on the main thread before any other thread exists: threads inherit the blocked signals, so that only the
/// loop over this sequence takes them, and no code of ours ever runs inside a signal handler.
///
/// ```swift
/// for request in LifecycleSignals() {
///     switch request {
///     case .reload: bridge.reload()
///     case .drain: bridge.drain()
///     }
/// }
/// ```
package struct LifecycleSignals: Sequence, IteratorProtocol {
    package enum Request: Equatable, Sendable {
        /// `SIGHUP`: read the configuration again.
        case reload
        /// `SIGTERM` or `SIGINT`: finish and go. The last element; from then on the same signal ends the process at once.
        case drain
    }

    private var isDraining = false

    /// Blocks `SIGTERM`, `SIGINT` and `SIGHUP` until they are asked for, and ignores `SIGPIPE`: a reader that is gone is an error of a write.
    package init() {
        signal(SIGPIPE, SIG_IGN)
        var signals = Self.watched()
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for the next request; nil once `drain` has been handed out.
    package mutating func next() -> Request? {
        if isDraining { return nil }
        var signals = Self.watched()
        var number: Int32 = 0
        while unsafe sigwait(&signals, &number) != 0 {}
        if number == SIGHUP { return .reload }
        isDraining = true
        // By a handler, not by the default action: that does not exist for process 1 of a container.
        causeway_exit_on_termination(Self.impatientExitStatus)
        return .drain
    }

    /// Asks for `drain` as if the operator had: from any thread, for a failure that leaves nothing to do.
    package static func requestDrain() { kill(getpid(), SIGTERM) }

    /// Asks for `reload` as if the operator had: from any thread.
    package static func requestReload() { kill(getpid(), SIGHUP) }

    /// The exit status when a second signal cut the draining short: could not finish.
    package static let impatientExitStatus: Int32 = 3

    private static func watched() -> sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&signals, number) }
        return signals
    }
}
