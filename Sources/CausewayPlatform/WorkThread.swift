internal import CCauseway
internal import Glibc

/// A named thread of our own, for a loop that must not share one with anybody.
///
/// `body` runs once; when it returns, the thread is gone. `join` waits for that.
package final class WorkThread: Sendable {
    private let identifier: pthread_t

    /// `name` is cut to the 15 bytes that Linux keeps.
    package init(name: String, body: @escaping @Sendable () -> Void) {
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body)).toOpaque()
        var identifier = pthread_t()
        // The default stack (8 MiB of address space, touched pages only) is enough for walks a hundred levels deep.
        let result = unsafe pthread_create(&identifier, nil, runWorkThread, start)
        precondition(result == 0, "the machine gives no more threads (error \(result))")
        self.identifier = identifier
    }

    package func join() { pthread_join(identifier, nil) }
}

private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runWorkThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let start = unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
    unsafe causeway_name_this_thread(String(start.name.prefix(15)))
    start.body()
    return nil
}
