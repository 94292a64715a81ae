package import CausewayPlatform

/// A destination as configured: plain values.
package struct DestinationSettings: Equatable, Sendable {
    /// The identity: the cursor belongs to it.
    package var name: String
    /// Where each signal goes, by its number. Frames of a signal that is missing here are passed over as filtered.
    package var urls: [UInt8: String]
    /// Signals of which a tenant's next request waits for the answer to the one before: metrics.
    package var orderedSignals: Set<UInt8>
    package var headers: [HTTPHeader]
    package var compression: ContentEncoding
    package var compressionLevel: Int
    /// The tenants whose telemetry it gets; nil for all of them.
    package var tenants: Set<String>?
    /// For one request; zero means no limit.
    package var timeout: Duration
    /// A request is sent as soon as this much waits, before compression.
    package var batchBytes: Int
    /// Nothing larger is sent, before compression. 64 MiB is what the OTLP exporter specification recommends.
    package var requestLimitBytes: Int
    /// How long a smaller batch waits for more.
    package var linger: Duration
    package var maxInFlight: Int
    /// The most bytes of bodies a second, for thin links; 0 means no limit.
    package var bytesPerSecond: Int
    package var backoff: Backoff
    package var route: HTTPRoute
    package var security: TransportSecurity

    package init(
        name: String,
        urls: [UInt8: String],
        orderedSignals: Set<UInt8>,
        tenants: Set<String>? = nil,
        headers: [HTTPHeader] = [],
        compression: ContentEncoding = .identity,
        compressionLevel: Int = 1,
        timeout: Duration = .seconds(10),
        batchBytes: Int = 1 << 20,
        requestLimitBytes: Int = 64 << 20,
        linger: Duration = .milliseconds(200),
        maxInFlight: Int = 4,
        bytesPerSecond: Int = 0,
        backoff: Backoff = Backoff(),
        route: HTTPRoute = HTTPRoute(),
        security: TransportSecurity = TransportSecurity()
    ) {
        precondition(batchBytes > 0 && requestLimitBytes > 0 && maxInFlight > 0, "the configuration checks limits")
        self.name = name
        self.urls = urls
        self.orderedSignals = orderedSignals
        self.tenants = tenants
        self.headers = headers
        self.compression = compression
        self.compressionLevel = compressionLevel
        self.timeout = timeout
        self.batchBytes = batchBytes
        self.requestLimitBytes = requestLimitBytes
        self.linger = linger
        self.maxInFlight = maxInFlight
        self.bytesPerSecond = bytesPerSecond
        self.backoff = backoff
        self.route = route
        self.security = security
    }
}
