// Where the command meets the bridge, the spool and the network.

/// Starts a bridge with all its listeners; returns when they are bound.
package func startBridge(_ loaded: LoadedConfiguration, _ output: LogOutput) throws(CausewayError) -> any RunningBridge {
    throw CausewayError(.unavailable, "no bridge in this build")
}

/// Appends requests to the spool in a directory that no bridge is working in.
package func sendIntoSpool(_ requests: [OTLPFile.Request], directory: String) throws(CausewayError) {
    throw CausewayError(.unavailable, "\(directory): no spool in this build")
}

/// Sends one request and reads the answer.
package func post(_ request: OTLPFile.Request, to url: EndpointURL) throws(CausewayError) -> SendRun.Answer {
    throw CausewayError(.unavailable, "\(url): no HTTP client in this build")
}

/// Hands out every stored request of a spool as one line of OTLP JSON, oldest first; read-only, also while a bridge runs.
package func readSpool(
    directory: String,
    signal: SignalName?,
    each: (_ line: [UInt8]) throws(CausewayError) -> Void
) throws(CausewayError) {
    throw CausewayError(.unavailable, "\(directory): no spool in this build")
}

/// The stored trace requests of a spool as OTLP protobuf, oldest first.
package func storedTraces(directory: String) throws(CausewayError) -> [[UInt8]] {
    throw CausewayError(.unavailable, "\(directory): no spool in this build")
}
