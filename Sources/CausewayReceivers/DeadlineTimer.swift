internal import NIOCore

/// A deadline that is moved with every request and hardly ever reached.
///
/// Moving it later costs no work on the event loop: the task that is already there looks at the deadline when it runs, and
/// returns when it is due.
final class DeadlineTimer {
    private let loop: NIOIsolatedEventLoop
    private let expired: () -> Void
    private var deadline = NIODeadline.distantFuture
    private var task: (Scheduled<Void>, due: NIODeadline)?

    init(_ loop: NIOIsolatedEventLoop, expired: @escaping () -> Void) {
        self.loop = loop
        self.expired = expired
    }

    func set(_ duration: Duration) {
        deadline = .now() + TimeAmount(duration)
        if let task, task.due > deadline {
            task.0.cancel()
            self.task = nil
        }
        if task == nil { schedule() }
    }

    /// No deadline until the next is set.
    func clear() { deadline = .distantFuture }

    func cancel() {
        clear()
        task?.0.cancel()
        task = nil
    }

    private func schedule() {
        task = (loop.scheduleTask(deadline: deadline) { self.due() }, deadline)
    }

    private func due() {
        task = nil
        if deadline <= .now() {
            clear()
            expired()
        } else if deadline != .distantFuture {
            schedule()
        }
    }
}
