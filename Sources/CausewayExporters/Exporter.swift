package import CausewayPlatform
package import CausewaySpool
internal import Synchronization

/// Ships what is in the log to all destinations, from one thread of its own.
///
/// Destinations share the thread and nothing else: each has its own way through the log, its own window of requests and its own troubles.
/// Ends by `drain`, which must be called.
package final class Exporter: Sendable {
    private let inbox: ExporterInbox
    private let thread: WorkThread
    private let isJoined = Mutex(false)

    /// `spread` draws from 0..<1; `log` is called on the exporter's thread, must not block, and must not call the exporter.
    package init(
        _ destinations: [Destination],
        budget: Budget,
        clock: any Clock,
        userAgent: String,
        spread: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        log: @escaping @Sendable (ExporterEvent) -> Void
    ) throws(SpoolError) {
        let inbox = ExporterInbox()
        try inbox.replace(destinations)
        self.inbox = inbox
        thread = WorkThread(name: "exporter") {
            let surroundings = ExporterSurroundings(budget: budget, clock: clock, spread: spread, log: log) { inbox.asideEnded($0) }
            ExporterLoop(inbox, surroundings, HTTPClient(userAgent: userAgent)).run()
        }
    }

    /// Something was appended. Cheap: costs a system call only when the exporter has nothing to do.
    package func wake() { inbox.wake() }

    /// Takes over a new configuration. Who keeps its name keeps its way through the log; who is not among them any more gets its last answers
    /// and is let go, which `ExporterEvent.removed` tells. If a new reader cannot be opened, everything stays as it was.
    package func replace(_ destinations: [Destination]) throws(SpoolError) { try inbox.replace(destinations) }

    /// Sends what is there, without waiting for more, until all is sent or `deadline` has come on the boot-time clock; then gives back what is
    /// left and ends. A destination that was failing already gets one more request, not the whole time.
    package func drain(until deadline: UInt64) {
        inbox.drain(until: deadline)
        isJoined.withLock { isJoined in
            if !isJoined { thread.join() }
            isJoined = true
        }
    }

    package func status() -> ExporterStatus { inbox.status() }
}

/// How the exporter is doing.
package struct ExporterStatus: Equatable, Sendable {
    package var destinations: [DestinationStatus] = []
    /// How often the loop has gone round: at least every five seconds.
    package var turns: UInt64 = 0
    /// When it last did, on the boot-time clock.
    package var lastTurnBootNanoseconds: UInt64 = 0
}
