internal import CCauseway

/// An absolute `http` or `https` address, taken apart as libcurl will do it.
package struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package let scheme: String
    /// Without the brackets of an IPv6 address.
    package let host: String
    package let port: Int

    package init?(_ text: String) { self.init(text, relativeTo: nil) }

    /// What a `Location` header means that came in an answer from here.
    package func resolving(_ reference: String) -> HTTPURL? { HTTPURL(reference, relativeTo: description) }

    /// Credentials meant for one may go to the other.
    package func isSameOrigin(as other: HTTPURL) -> Bool { (scheme, host, port) == (other.scheme, other.host, other.port) }

    private init?(_ text: String, relativeTo base: String?) {
        guard let handle = unsafe curl_url() else { preconditionFailure("out of memory") }
        defer { unsafe curl_url_cleanup(handle) }
        let part = { (what: CURLUPart, flags: Int32) -> String? in
            var value: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(handle, what, &value, UInt32(flags)) == CURLUE_OK, let value = unsafe value else { return nil }
            defer { unsafe curl_free(value) }
            return unsafe String(cString: value)
        }
        for text in [base, text].compactMap(\.self) {
            guard unsafe curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
        }
        guard
            let whole = part(CURLUPART_URL, 0),
            let scheme = part(CURLUPART_SCHEME, 0), scheme == "http" || scheme == "https",
            let host = part(CURLUPART_HOST, 0),
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else { return nil }
        description = whole
        self.scheme = scheme
        self.host = host.lowercased().trimmingBrackets
        self.port = port
    }
}

extension String {
    fileprivate var trimmingBrackets: String { hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self }
}
