internal import CCauseway
internal import Synchronization

/// Ends the sleep of an `HTTPClient` from any thread, also when the client is gone already.
package final class HTTPWaker: Sendable {
    private let multi: Mutex<Handle?>

    @safe
    private struct Handle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    init(_ multi: UnsafeMutableRawPointer) { unsafe self.multi = Mutex(Handle(pointer: multi)) }

    package func wake() {
        // Under the lock, so that the handle is not freed meanwhile.
        multi.withLock { handle in
            if let handle { _ = unsafe curl_multi_wakeup(handle.pointer) }
        }
    }

    func detach() { multi.withLock { $0 = nil } }
}
