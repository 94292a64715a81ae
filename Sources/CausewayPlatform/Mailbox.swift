internal import Glibc

/// Work handed from many threads to one, in order. Bounded by the budget that the senders hold, not by itself.
@safe
package final class Mailbox<Message: Sendable>: @unchecked Sendable {
    private var messages: [Message] = []
    private var isClosed = false
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    package init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// False when the mailbox is closed; the message is then not taken.
    @discardableResult
    package func send(_ message: Message) -> Bool {
        unsafe pthread_mutex_lock(mutex)
        let taken = !isClosed
        if taken { messages.append(message) }
        unsafe pthread_mutex_unlock(mutex)
        if taken { unsafe pthread_cond_signal(condition) }
        return taken
    }

    /// Nothing more is taken; what is there is still handed out.
    package func close() {
        unsafe pthread_mutex_lock(mutex)
        isClosed = true
        unsafe pthread_mutex_unlock(mutex)
        unsafe pthread_cond_broadcast(condition)
    }

    /// All that waits, at least one message; empty when `timeout` has passed first; nil when the mailbox is closed and empty.
    package func receiveAll(timeout: Duration? = nil) -> [Message]? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        let deadline = timeout.map(Self.deadline)
        while messages.isEmpty && !isClosed {
            if var deadline {
                if unsafe pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { break }
            } else {
                unsafe pthread_cond_wait(condition, mutex)
            }
        }
        if messages.isEmpty { return isClosed ? nil : [] }
        let all = messages
        messages = []
        return all
    }

    private static func deadline(_ timeout: Duration) -> timespec {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let (seconds, attoseconds) = timeout.components
        time.tv_sec += Int(seconds)
        time.tv_nsec += Int(attoseconds / 1_000_000_000)
        if time.tv_nsec >= 1_000_000_000 {
            time.tv_sec += 1
            time.tv_nsec -= 1_000_000_000
        }
        return time
    }
}
