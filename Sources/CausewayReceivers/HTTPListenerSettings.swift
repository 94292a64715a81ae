/// Where an HTTP server listens, and the limits that every one of its connections lives within.
package struct HTTPListenerSettings: Sendable {
    /// An address, a name, or `localhost`, which means both loopback addresses.
    package var host: String
    /// 0 lets the system choose; the server tells which it became.
    package var port: Int
    /// The configuration's key for the address, named in the error when it cannot be listened at.
    package var key: String
    /// The most of a body, on the wire and after decompression each; more is answered 413.
    package var maxBody = 8 << 20
    /// The most of a request line and its headers together; more is answered 431.
    package var maxHeaderBytes = 64 << 10
    /// Connections beyond are told 503 and closed.
    package var maxConnections = 1024
    /// How long a connection may stay without a request. SDKs send every five seconds to every minute.
    package var idleTimeout = Duration.seconds(120)
    /// How long a request may take to arrive whole, from its first byte; then 408.
    package var readTimeout = Duration.seconds(30)
    /// How long a client that has been answered for the last time may go on sending before it is cut off.
    package var lingerTimeout = Duration.seconds(5)
    /// How much it may go on sending: OTLP's own limit for a request, so that a sender within it can always read its 413.
    package var lingerBytes = 64 << 20
    /// Sent with every answer.
    package var answerHeaders: [(name: String, value: String)] = []

    package init(host: String, port: Int, key: String) {
        self.host = host
        self.port = port
        self.key = key
    }
}
