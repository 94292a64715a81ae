/// One POST: where to, what, and how long it may take.
package struct HTTPRequest: Sendable {
    package var url: String
    package var headers: [HTTPHeader]
    /// The body in parts, sent one after the other; they are neither copied nor joined.
    package var body: [[UInt8]]
    /// For the whole exchange, from looking up the name to the last byte of the answer; zero means no limit.
    package var timeout: Duration
    package var route: HTTPRoute
    package var security: TransportSecurity
    /// How much of the answer's body is kept. What is beyond is read and thrown away.
    package var answerLimit: Int

    package init(
        url: String,
        headers: [HTTPHeader] = [],
        body: [[UInt8]],
        timeout: Duration = .seconds(10),
        route: HTTPRoute = HTTPRoute(),
        security: TransportSecurity = TransportSecurity(),
        answerLimit: Int = 64 << 10
    ) {
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.route = route
        self.security = security
        self.answerLimit = answerLimit
    }
}

/// A header's name and value.
package struct HTTPHeader: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// How requests get to their destination.
package struct HTTPRoute: Hashable, Sendable {
    /// A proxy's URL; nil means what the environment says (`HTTPS_PROXY` and so on), empty means none.
    package var proxy: String?
    /// HTTP/2 where the other side speaks it over TLS; else HTTP/1.1.
    package var usesHTTP2: Bool
    /// How long a connection is used again: a new one now and then follows changes of names and of load balancers.
    package var connectionLife: Duration
    /// The most bytes a second that a request is sent at; 0 means no limit.
    package var bytesPerSecond: Int

    package init(proxy: String? = nil, usesHTTP2: Bool = false, connectionLife: Duration = .seconds(120), bytesPerSecond: Int = 0) {
        self.proxy = proxy
        self.usesHTTP2 = usesHTTP2
        self.connectionLife = connectionLife
        self.bytesPerSecond = bytesPerSecond
    }
}

/// Files in PEM format for TLS. The peer is always verified; there is no switch to turn that off.
package struct TransportSecurity: Hashable, Sendable {
    /// Certificate authorities to trust instead of the system's.
    package var authorities: String?
    /// Our certificate, for peers that ask for one.
    package var certificate: String?
    /// The key of `certificate`, when it is in another file.
    package var key: String?

    package init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
    }
}
