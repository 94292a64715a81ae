internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewayReceivers
internal import CausewaySpool

// Where the command meets the bridge, the spool and the network.

/// Starts a bridge with all its listeners; returns when they are bound.
package func startBridge(_ loaded: LoadedConfiguration, _ output: LogOutput) throws(CausewayError) -> any RunningBridge {
    ProcessSurroundings.raiseOpenFileLimit()
    let bridge = try Bridge(loaded.configuration, output)
    StartupPages.release()
    return bridge
}

/// Appends requests to the spool in a directory that no bridge is working in; returns when all of them are durable.
///
/// `report` hears of items that were left out. When one request cannot be read, none is appended.
package func sendIntoSpool(
    _ requests: [OTLPFile.Request],
    into source: SpoolSource,
    report: (String) -> Void
) throws(CausewayError) {
    let clock = SystemClock()
    // All of them are read before anything is written.
    var frames: [FrameDraft] = []
    for (index, request) in requests.enumerated() {
        let place = "request \(index + 1) of \(requests.count)"
        do {
            let admitted = try Pipeline.admitted(request.body, request.isJSON ? .json : .protobuf, request.signal)
            if let reason = admitted.refusedReason(request.signal) { report("\(place): \(reason)") }
            if admitted.items > 0 { frames.append(FrameDraft(request.signal, admitted, receivedNanoseconds: clock.wallNanoseconds())) }
        } catch {
            throw CausewayError(.input, "\(place): not an OTLP request: \(error)", underlying: error)
        }
    }
    do throws(SpoolError) {
        let spool = try Spool(directory: source.directory, options: .keepingEverything(source.keys), clock: clock) {}
        defer { spool.close() }
        for frame in frames { try spool.appendAndWait([frame]) }
    } catch {
        throw CausewayError(.unavailable, "spool: \(error)", underlying: error)
    }
}

/// Sends one request and reads the answer.
package func post(_ request: OTLPFile.Request, to url: EndpointURL) throws(CausewayError) -> SendRun.Answer {
    SendRun.Answer(try post(request.body, contentType: request.contentType, to: url), to: request)
}

/// The same of any body.
func post(_ body: [UInt8], contentType: String, to url: EndpointURL) throws(CausewayError) -> HTTPAnswer {
    let client = HTTPClient(userAgent: "causeway/\(CausewayVersion.number)")
    _ = client.start(
        HTTPRequest(
            url: url.description,
            headers: [HTTPHeader("Content-Type", contentType)],
            body: [body],
            timeout: .seconds(30),
            security: TransportSecurity(),
            answerLimit: 64 << 10
        )
    )
    while true {
        guard let completion = client.poll(timeout: .seconds(5)).first else { continue }
        switch completion.result {
        case .failure(let failure):
            throw CausewayError(.unavailable, "\(url): \(failure); is the bridge running there?", underlying: failure)
        case .success(let answer):
            return answer
        }
    }
}

extension SendRun.Answer {
    fileprivate init(_ answer: HTTPAnswer, to request: OTLPFile.Request) {
        let partial =
            request.isJSON
            ? OTLPJSON.partialSuccess(fromJSON: answer.body, signal: request.signal)
            : OTLPProtobuf.partialSuccess(fromProtobuf: answer.body)
        let message = request.isJSON ? OTLPJSON.statusMessage(fromJSON: answer.body) : OTLPProtobuf.statusMessage(fromProtobuf: answer.body)
        let accepted = (200..<300).contains(answer.status)
        self.init(
            status: answer.status,
            retryAfter: answer.retryAfter.flatMap(Int64.init).map { .seconds($0) },
            text: (accepted ? partial?.message : message) ?? "",
            rejectedItems: partial?.refused ?? 0
        )
    }
}

/// Hands out every stored request of a spool as one line of OTLP JSON, oldest first; read-only, also while a bridge runs.
package func readSpool(
    _ source: SpoolSource,
    signal: SignalName?,
    each: (_ line: [UInt8]) throws(CausewayError) -> Void
) throws(CausewayError) {
    try walk(source) { frame throws(CausewayError) in
        // Parts of spans are no request.
        guard frame.kind == .otlp, let found = Signal(rawValue: frame.signal), signal == nil || signal?.signal == found else { return }
        let line: [UInt8]
        do throws(OTLPJSONError) {
            line = try OTLPJSON.json(fromProtobuf: frame.payload, signal: found)
        } catch {
            throw CausewayError(.unavailable, "\(source.directory): frame \(frame.sequence): \(error)", underlying: error)
        }
        try each(line + [UInt8(ascii: "\n")])
    }
}

/// The stored trace requests of a spool as OTLP protobuf, oldest first.
package func storedTraces(_ source: SpoolSource, each: (_ payload: [UInt8]) -> Void) throws(CausewayError) {
    try walk(source) { frame throws(CausewayError) in
        if frame.kind == .otlp, frame.signal == Signal.traces.rawValue { each(frame.payload) }
    }
}

/// Damage found on the way, and what there is no key for, is said on standard error; what is intact has been handed out.
func walk(_ source: SpoolSource, _ body: (StoredFrame) throws(CausewayError) -> Void) throws(CausewayError) {
    do {
        let directory = source.directory
        let omissions = try LogWalk(directory: directory, keys: source.keys).frames(body)
        let damage = omissions.damage
        for (id, count) in omissions.locked.sorted(by: { $0.key < $1.key }) {
            let key = id == 0 ? "a key that nothing names" : "key \(SpoolKey.name(id))"
            StandardStreams.error("causeway: \(directory): \(count) frames are encrypted with \(key); give it with --key-file\n")
        }
        if damage.stretches > 0 {
            StandardStreams.error(
                "causeway: \(directory): \(damage.stretches) damaged stretches passed over (\(damage.bytes) bytes, \(damage.frames) frames)\n"
            )
        }
    } catch let error as CausewayError {
        throw error
    } catch {
        throw CausewayError(.unavailable, "\(error)", underlying: error)
    }
}
