internal import CCauseway
internal import Glibc

/// One request on its way: an easy handle of libcurl, the body it reads and the answer it fills.
///
/// libcurl keeps a pointer to it, so it must stay alive until its handle has left the multi handle.
@safe
final class HTTPTransfer {
    /// More of an answer than this is not even read to the end.
    private static let longestAnswer = 4 << 20

    let id: HTTPTransferID
    let easy: UnsafeMutableRawPointer
    private let request: HTTPRequest
    private let bodyBytes: Int
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    private var part = 0
    private var offset = 0

    private var answer = HTTPAnswer(status: 0)
    private var answerBytes = 0

    init(_ id: HTTPTransferID, _ request: HTTPRequest, on easy: UnsafeMutableRawPointer) {
        self.id = id
        unsafe self.easy = easy
        self.request = request
        bodyBytes = request.body.reduce(0) { $0 + $1.count }
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_slist_free_all(headerList)
        unsafe errorText.deallocate()
    }

    /// Tells libcurl everything; what it does not accept is the failure.
    func prepare(userAgent: String) -> HTTPFailure? {
        guard HTTPURL(request.url) != nil else { return HTTPFailure(.invalid, "not an http or https address: \(request.url)") }
        if let header = request.headers.first(where: { $0.line == nil }) {
            return HTTPFailure(.invalid, "header \(header.name.debugDescription) holds a character that no header may hold")
        }
        // Without the last one libcurl would wait for a 100-continue before it sends a large body.
        for line in request.headers.compactMap(\.line) + ["Expect:"] {
            guard let longer = unsafe curl_slist_append(headerList, line) else { preconditionFailure("out of memory") }
            unsafe headerList = longer
        }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let milliseconds = Int(request.timeout.inMillisecondsRoundedUp)
        let results = unsafe [
            causeway_curl_set_string(easy, CURLOPT_URL, request.url),
            causeway_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https"),
            // HTTP/2 by negotiation only: without TLS, libcurl 7.88 breaks every connection that it uses a second time.
            causeway_curl_set_long(
                easy,
                CURLOPT_HTTP_VERSION,
                Int(request.route.usesHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
            ),
            // A stream that could join a connection which is still being made waits for it.
            causeway_curl_set_long(easy, CURLOPT_PIPEWAIT, request.route.usesHTTP2 ? 1 : 0),
            causeway_curl_set_size(easy, CURLOPT_MAX_SEND_SPEED_LARGE, curl_off_t(request.route.bytesPerSecond)),
            causeway_curl_set_long(easy, CURLOPT_NOSIGNAL, 1),
            causeway_curl_set_string(easy, CURLOPT_USERAGENT, userAgent),
            causeway_curl_set_list(easy, CURLOPT_HTTPHEADER, headerList),
            causeway_curl_set_long(easy, CURLOPT_POST, 1),
            causeway_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bodyBytes)),
            causeway_curl_set_transfer(easy, CURLOPT_READFUNCTION, readBody),
            causeway_curl_set_pointer(easy, CURLOPT_READDATA, context),
            causeway_curl_set_seek(easy, rewindBody),
            causeway_curl_set_pointer(easy, CURLOPT_SEEKDATA, context),
            causeway_curl_set_transfer(easy, CURLOPT_WRITEFUNCTION, writeAnswer),
            causeway_curl_set_pointer(easy, CURLOPT_WRITEDATA, context),
            causeway_curl_set_transfer(easy, CURLOPT_HEADERFUNCTION, writeHeader),
            causeway_curl_set_pointer(easy, CURLOPT_HEADERDATA, context),
            causeway_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText),
            // libcurl allocates and frees it for each request. Above 128 KiB the C library gives it back to the kernel every time, which
            // costs more than fewer calls save.
            causeway_curl_set_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, 120 << 10),
            causeway_curl_set_long(easy, CURLOPT_TIMEOUT_MS, milliseconds),
            causeway_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds == 0 ? 10_000 : min(milliseconds, 10_000)),
            // A load balancer spreads connections, not requests: a new one now and then follows it.
            causeway_curl_set_long(easy, CURLOPT_MAXLIFETIME_CONN, max(Int(request.route.connectionLife / .seconds(1)), 1)),
            // libcurl would else go on with authorities that it read a day ago.
            causeway_curl_set_long(easy, CURLOPT_CA_CACHE_TIMEOUT, 10),
            causeway_curl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
        ]
        let files = [
            (CURLOPT_CAINFO, request.security.authorities), (CURLOPT_SSLCERT, request.security.certificate),
            (CURLOPT_SSLKEY, request.security.key), (CURLOPT_PROXY, request.route.proxy),
        ].compactMap { option, path in path.map { unsafe causeway_curl_set_string(easy, option, $0) } }
        let refused = (results + files).first { $0 != CURLE_OK }
        return refused.map { failure($0) }
    }

    /// What became of it, once libcurl says that it is over.
    func completion(_ code: CURLcode) -> HTTPCompletion {
        var status = 0
        unsafe causeway_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        var microseconds: curl_off_t = 0
        unsafe causeway_curl_get_size(easy, CURLINFO_TOTAL_TIME_T, &microseconds)
        // We stop the reading of an endless answer ourselves; its status is known, and that is what counts.
        let isAnswered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && answerBytes > Self.longestAnswer)
        answer.status = status
        answer.isCut = answerBytes > answer.body.count
        return HTTPCompletion(
            id: id,
            result: isAnswered ? .success(answer) : .failure(failure(code)),
            duration: .microseconds(microseconds)
        )
    }

    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while part < request.body.count && filled < buffer.count {
            let bytes = request.body[part]
            let count = min(bytes.count - offset, buffer.count - filled)
            unsafe bytes.withUnsafeBytes { source in
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + count]))
            }
            filled += count
            offset += count
            if offset == bytes.count {
                part += 1
                offset = 0
            }
        }
        return filled
    }

    /// A kept connection may turn out closed when the request is half sent; libcurl then begins again on a new one.
    fileprivate func seek(to position: Int) -> Bool {
        guard position >= 0 && position <= bodyBytes else { return false }
        part = 0
        offset = position
        while part < request.body.count && offset >= request.body[part].count {
            offset -= request.body[part].count
            part += 1
        }
        return true
    }

    fileprivate func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        answerBytes += bytes.count
        let room = request.answerLimit - answer.body.count
        if room > 0 { unsafe answer.body.append(contentsOf: bytes.prefix(room)) }
        return answerBytes <= Self.longestAnswer
    }

    fileprivate func takeHeader(_ line: String) {
        // Each answer begins anew: an interim one (100) or a proxy's comes before the one that counts.
        if line.hasPrefix("HTTP/") { answer = HTTPAnswer(status: 0) }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let trimmed = String(value.prefix { $0 != "\r\n" && $0 != "\r" && $0 != "\n" })
        switch line[..<colon].lowercased() {
        case "content-type": answer.contentType = trimmed
        case "retry-after": answer.retryAfter = trimmed
        case "location": answer.location = trimmed
        default: break
        }
    }

    private func failure(_ code: CURLcode) -> HTTPFailure {
        let detail = unsafe String(cString: errorText)
        let words = unsafe detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return HTTPFailure(.nameNotFound, "name not found: \(words)")
        case CURLE_COULDNT_CONNECT: return HTTPFailure(.refused, "no connection: \(words)\(systemError)")
        case CURLE_OPERATION_TIMEDOUT: return HTTPFailure(.timeout, "no answer in time: \(words)")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND:
            // With TLS 1.3 the other side asks for our certificate, and misses it, after its own handshake is done.
            if words.contains("alert certificate required") || words.contains("alert bad certificate") {
                return HTTPFailure(.security, "TLS: \(words)", certificate: .ours)
            }
            return HTTPFailure(.reset, "connection lost: \(words)")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED:
            return HTTPFailure(.security, "TLS: \(words)", certificate: certificateTrouble(code, words))
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return HTTPFailure(.invalid, words)
        default: return HTTPFailure(.other, words)
        }
    }

    /// What is wrong with whose certificate. libcurl has it as a number of OpenSSL's, or in words only.
    private func certificateTrouble(_ code: CURLcode, _ words: String) -> HTTPFailure.Certificate? {
        var number = 0
        unsafe causeway_curl_get_long(easy, CURLINFO_SSL_VERIFYRESULT, &number)
        switch (code, number) {
        case (CURLE_PEER_FAILED_VERIFICATION, 9), (CURLE_PEER_FAILED_VERIFICATION, 10): return .expired
        case (CURLE_PEER_FAILED_VERIFICATION, 2...): return .untrusted
        // The chain holds, or was not even asked about: the name is wrong. (1 is libcurl's word for "not looked at".)
        case (CURLE_PEER_FAILED_VERIFICATION, _): return .wrongHost
        case (CURLE_SSL_CERTPROBLEM, _), (CURLE_SSL_CACERT_BADFILE, _): return .file
        default: return words.contains("alert") && words.contains("certificate") || words.contains("handshake failure") ? .ours : nil
        }
    }

    /// `: Connection refused`, when the system said so.
    private var systemError: String {
        var code = 0
        unsafe causeway_curl_get_long(easy, CURLINFO_OS_ERRNO, &code)
        return code == 0 ? "" : unsafe ": \(String(cString: strerror(Int32(code))))"
    }
}

extension HTTPHeader {
    /// As libcurl wants it: an empty value is written with a semicolon, a colon with nothing behind it takes a header away.
    fileprivate var line: String? {
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }) else { return nil }
        guard value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else { return nil }
        return value.isEmpty ? "\(name);" : "\(name): \(value)"
    }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer {
    unsafe Unmanaged<HTTPTransfer>.fromOpaque(context!).takeUnretainedValue()
}

private func readBody(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
    unsafe transfer(context).read(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

private func rewindBody(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
    return unsafe transfer(context).seek(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}

private func writeAnswer(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
    unsafe transfer(context).take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private func writeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?) -> Int {
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    unsafe transfer(context).takeHeader(String(decoding: line.prefix(8 << 10), as: UTF8.self))
    return size * count
}
