internal import CausewayExporters
internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewaySpool

// What the exporter has to be told about telemetry and about configuration, neither of which it knows.

extension PayloadPlan {
    static func plan(_ destination: Configuration.Destination, _ spool: Spool, _ metrics: MetricDemand) -> PayloadPlan {
        let plan = stored(PayloadRendering(destination)).renderingMetrics(metrics)
        return destination.profile == .causeway ? plan.namingFrames(of: spool.identity.logID) : plan
    }

    /// The same for another bridge, with a header that says which items of which frames they are.
    func namingFrames(of logID: UInt64) -> PayloadPlan {
        var plan = self
        plan.maxParts = FrameList.maxEntries
        plan.render = { [render] parts in Self.named(render(parts), parts, logID) }
        plan.reduce = { [reduce] part, bytes in reduce(part, bytes).map { Self.named($0, [part], logID) } }
        return plan
    }

    private static func named(_ rendered: Rendered, _ parts: [Part], _ logID: UInt64) -> Rendered {
        var left: [UInt64: [Range<Int>]] = [:]
        for range in rendered.leftOut {
            left[range.sequence, default: []].append(range.first..<range.first + range.count)
        }
        let entries = parts.flatMap { part -> [OriginRange] in
            var kept = [part.items]
            for range in left[part.frame.sequence] ?? [] { kept = kept.flatMap { $0.without(range) } }
            return kept.map { OriginRange(tenant: "", log: logID, sequence: part.frame.sequence, items: $0) }
        }
        var named = rendered
        // With more it would be refused for its length: rather without, and not known again when it comes twice.
        if !entries.isEmpty && entries.count <= FrameList.maxEntries {
            named.headers.append(HTTPHeader(FrameList.header, FrameList(entries).text))
        }
        return named
    }

    /// For destinations that read what is stored: the log's frames, one behind the other, are a request; without what is not wanted.
    static func stored(_ rendering: PayloadRendering) -> PayloadPlan {
        PayloadPlan(
            contentType: "application/x-protobuf",
            render: { rendering.rendered($0) },
            reduce: { rendering.reduced($0, $1) },
            slice: { payload, signal, items in Signal(rawValue: signal).map { PayloadRendering.slice(payload, $0, items) } ?? [] },
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
    }

    private static func isJSON(_ contentType: String) -> Bool { contentType.lowercased().hasPrefix("application/json") }
}

extension Range<Int> {
    /// What lies before and behind the other.
    fileprivate func without(_ other: Range<Int>) -> [Range<Int>] {
        guard overlaps(other) else { return [self] }
        let (before, behind) = (Swift.min(other.lowerBound, upperBound), Swift.max(other.upperBound, lowerBound))
        return [lowerBound..<Swift.max(lowerBound, before), Swift.min(upperBound, behind)..<upperBound].filter { !$0.isEmpty }
    }
}

extension DestinationSettings {
    /// With no `travellers` requests do not say which bridge they come from.
    init(_ destination: Configuration.Destination, travellers: Travellers?) {
        var urls: [UInt8: String] = [:]
        for signal in Signal.allCases { urls[signal.rawValue] = destination.url(for: signal)?.description }
        self.init(
            name: destination.name,
            urls: urls,
            orderedSignals: [Signal.metrics.rawValue],
            tenants: destination.tenants.isEmpty ? nil : Set(destination.tenants),
            headers: destination.requestHeaders
                + (travellers.map { [HTTPHeader(Travellers.header, $0.headerValue)] } ?? []),
            compression: destination.compression.encoding,
            compressionLevel: destination.compressionLevel,
            timeout: destination.timeout,
            batchBytes: min(destination.batch.maxBytes, destination.limits.requestBytes),
            requestLimitBytes: destination.limits.requestBytes,
            linger: destination.batch.linger,
            maxInFlight: destination.maxInFlight,
            bytesPerSecond: destination.bytesPerSecond,
            route: HTTPRoute(
                proxy: destination.proxy?.url.revealed(),
                usesHTTP2: destination.http2,
                connectionLife: destination.connectionLife,
                bytesPerSecond: destination.bytesPerSecond
            ),
            security: TransportSecurity(
                authorities: destination.tls.ca,
                certificate: destination.tls.certificate,
                key: destination.tls.key
            )
        )
    }
}

extension Configuration.Destination {
    /// The user's headers, and the profile's that are the same for every request and were not written otherwise.
    var requestHeaders: [HTTPHeader] {
        let own = headers.map { HTTPHeader($0.name, $0.value.revealed()) }
        return own + profileHeaders(project: nil)
    }

    /// The profile's headers of which this project is a part, by the tenant of a request.
    func projectHeaders(of tenant: String) -> [HTTPHeader] {
        guard let project = projects.first(where: { $0.name == tenant })?.value.revealed() ?? project else { return [] }
        let same = Set(profileHeaders(project: nil).map(\.name))
        return profileHeaders(project: project).filter { !same.contains($0.name) }
    }

    /// What the profile puts on resources, by the tenant of a request.
    func resourceAttributes(of tenant: String) -> [(key: String, value: String)] {
        let project = projects.first(where: { $0.name == tenant })?.value.revealed() ?? project
        return profile.backend?.resource(credentials: givenCredentials, project: project) ?? []
    }

    private var givenCredentials: [String: String] { Dictionary(credentials.map { ($0.name, $0.value.revealed()) }) { $1 } }

    private func profileHeaders(project: String?) -> [HTTPHeader] {
        guard let backend = profile.backend else { return [] }
        let given = givenCredentials
        let own = Set(headers.map { $0.name.lowercased() })
        return backend.headers(credentials: given, project: project)
            .filter { !own.contains($0.name.lowercased()) }
            .map { HTTPHeader($0.name, $0.value) }
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
