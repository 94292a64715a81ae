internal import CCauseway

/// Many HTTP requests at once from one thread, with libcurl's multi interface.
///
/// Made, used and dropped on one thread; only its `waker` is for others. Connections are kept open and used again, for two minutes at most.
/// HTTP/1.1. Proxies of the environment are honoured. Redirects are answers like any other.
@safe
package final class HTTPClient {
    package let waker: HTTPWaker
    private let multi: UnsafeMutableRawPointer
    private let userAgent: String
    private var transfers: [UInt: HTTPTransfer] = [:]
    /// Over before libcurl had a part in it.
    private var failed: [HTTPCompletion] = []
    /// Handles to use again; each holds a buffer for sending.
    private var idle: [Handle] = []
    private var nextNumber: UInt64 = 0

    @safe
    private struct Handle {
        let easy: UnsafeMutableRawPointer
    }

    package init(userAgent: String) {
        initializeOnce
        guard let multi = unsafe curl_multi_init() else { preconditionFailure("out of memory") }
        unsafe self.multi = multi
        unsafe causeway_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 32)
        unsafe waker = HTTPWaker(multi)
        self.userAgent = userAgent
    }

    deinit {
        waker.detach()
        for transfer in transfers.values { remove(transfer) }
        for handle in idle { unsafe curl_easy_cleanup(handle.easy) }
        unsafe curl_multi_cleanup(multi)
    }

    /// Requests without an end yet.
    package var inFlight: Int { transfers.count + failed.count }

    /// Sends a request; its end is told by `poll`, also when it cannot even begin.
    package func start(_ request: HTTPRequest) -> HTTPTransferID {
        nextNumber += 1
        let id = HTTPTransferID(number: nextNumber)
        guard let easy = unsafe idle.popLast()?.easy ?? curl_easy_init() else { preconditionFailure("out of memory") }
        let transfer = unsafe HTTPTransfer(id, request, on: easy)
        if let failure = transfer.prepare(userAgent: userAgent) {
            unsafe keep(easy)
            failed.append(HTTPCompletion(id: id, result: .failure(failure), duration: .zero))
            return id
        }
        transfers[UInt(bitPattern: easy)] = transfer
        let code = unsafe curl_multi_add_handle(multi, easy)
        precondition(code == CURLM_OK, "libcurl does not take a request")
        return id
    }

    /// Breaks a request off; nothing more is heard of it.
    package func cancel(_ id: HTTPTransferID) {
        failed.removeAll { $0.id == id }
        guard let (key, transfer) = transfers.first(where: { $0.value.id == id }) else { return }
        transfers[key] = nil
        remove(transfer)
    }

    /// Works on the requests and tells which have ended; sleeps when there is nothing to do, until a request ends or moves, someone wakes
    /// the client, or `timeout` has passed. Often returns with nothing: call it again.
    package func poll(timeout: Duration) -> [HTTPCompletion] {
        let first = perform()
        if !first.isEmpty { return first }
        let milliseconds = Int32(min(max(timeout.inMillisecondsRoundedUp, 0), Int64(Int32.max)))
        unsafe curl_multi_poll(multi, nil, 0, milliseconds, nil)
        return perform()
    }

    private func perform() -> [HTTPCompletion] {
        var running: Int32 = 0
        unsafe curl_multi_perform(multi, &running)
        var completions = failed
        failed = []
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            let key = unsafe UInt(bitPattern: message.pointee.easy_handle)
            let code = unsafe causeway_curl_message_result(message)
            guard let transfer = transfers.removeValue(forKey: key) else { continue }
            completions.append(transfer.completion(code))
            remove(transfer)
        }
        return completions
    }

    private func remove(_ transfer: HTTPTransfer) {
        // libcurl may still write to it, an error's text for one, until the handle is reset.
        withExtendedLifetime(transfer) {
            unsafe curl_multi_remove_handle(multi, transfer.easy)
            unsafe keep(transfer.easy)
        }
    }

    private func keep(_ easy: UnsafeMutableRawPointer) {
        if idle.count < 4 {
            unsafe curl_easy_reset(easy)
            unsafe idle.append(Handle(easy: easy))
        } else {
            unsafe curl_easy_cleanup(easy)
        }
    }
}

/// libcurl's set-up for the whole process: once, before its first use, whichever thread comes first. Leaving TLS out would save no memory.
private let initializeOnce: Void = {
    let code = curl_global_init(Int(CURL_GLOBAL_ALL))
    precondition(code == CURLE_OK, "libcurl cannot be set up")
}()
