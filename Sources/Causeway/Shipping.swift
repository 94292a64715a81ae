internal import CausewayExporters
internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewaySpool

// What the exporter has to be told about telemetry and about configuration, neither of which it knows.

extension PayloadPlan {
    static func plan(_ destination: Configuration.Destination, _ spool: Spool) -> PayloadPlan {
        switch destination.profile {
        case .otlp: .asStored
        case .causeway: .namingFrames(of: spool.identity.logID)
        }
    }

    /// For another bridge: as stored, with a header that says which items of which frames they are.
    static func namingFrames(of logID: UInt64) -> PayloadPlan {
        var plan = asStored
        let render = plan.render
        plan.maxParts = FrameList.maxEntries
        plan.render = { parts in
            var rendered = render(parts)
            let entries = parts.map { OriginRange(tenant: "", log: logID, sequence: $0.frame.sequence, items: $0.items) }
            rendered.headers.append(HTTPHeader(FrameList.header, FrameList(entries).text))
            return rendered
        }
        return plan
    }

    /// For destinations that read what is stored: the log's frames, one behind the other, are a request.
    static let asStored = PayloadPlan.joining(
        contentType: "application/x-protobuf",
        slice: { payload, signal, items in
            Signal(rawValue: signal).map { RequestView(payload, signal: $0).payload(items: items) } ?? []
        },
        partialSuccess: { body, contentType, signal in
            let found =
                if isJSON(contentType), let signal = Signal(rawValue: signal) {
                    OTLPJSON.partialSuccess(fromJSON: body, signal: signal)
                } else {
                    OTLPProtobuf.partialSuccess(fromProtobuf: body)
                }
            return found.map { PartialSuccess(rejected: $0.refused, message: $0.message) }
        },
        describe: { body, contentType in
            let message = isJSON(contentType) ? OTLPJSON.statusMessage(fromJSON: body) : OTLPProtobuf.statusMessage(fromProtobuf: body)
            return message ?? PlainWords.found(in: body)
        }
    )

    private static func isJSON(_ contentType: String) -> Bool { contentType.lowercased().hasPrefix("application/json") }
}

extension DestinationSettings {
    init(_ destination: Configuration.Destination, travellers: Travellers) {
        var urls: [UInt8: String] = [:]
        for signal in Signal.allCases { urls[signal.rawValue] = destination.url(for: signal)?.description }
        self.init(
            name: destination.name,
            urls: urls,
            orderedSignals: [Signal.metrics.rawValue],
            headers: destination.headers.map { HTTPHeader($0.name, $0.value.revealed()) }
                + [HTTPHeader(Travellers.header, travellers.headerValue)],
            compression: destination.compression.encoding,
            timeout: destination.timeout,
            batchBytes: destination.batch.maxBytes,
            linger: destination.batch.linger,
            maxInFlight: destination.maxInFlight,
            security: TransportSecurity(
                authorities: destination.tls.ca,
                certificate: destination.tls.certificate,
                key: destination.tls.key
            )
        )
    }
}

extension Configuration.Destination.Compression {
    fileprivate var encoding: ContentEncoding {
        switch self {
        case .none: .identity
        case .gzip: .gzip
        case .zstd: .zstd
        }
    }
}

extension Configuration.Destination.Start {
    var readerStart: ReaderStart {
        switch self {
        case .now: .now
        case .oldest: .oldest
        }
    }
}
