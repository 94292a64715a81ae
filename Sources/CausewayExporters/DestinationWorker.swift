internal import CausewayPlatform
internal import CausewaySpool

/// One destination at work: reads batches, sends them, and tells the log what became of them. Lives on the exporter's thread.
///
/// It decides nothing by itself: `Window` says when it may send, `AnswerRule` and `Shipment` what an answer means.
final class DestinationWorker {
    private var settings: DestinationSettings
    private var plan: PayloadPlan
    private let reader: any FrameReader
    private let surroundings: ExporterSurroundings

    private var window = Window()
    private var held: HeldFrames
    /// Read and not sent yet, in order.
    private var ready: [Shipment] = []
    private var flights: [HTTPTransferID: Flight] = [:]
    private var appetite = Appetite()
    /// The log had bytes ahead, and none of them could be read.
    private var noReadBefore: UInt64 = 0
    private var isLeaving = false
    private var drain: Drain?
    private var counts: DestinationStatus
    private(set) var isChanged = true

    /// A request under way.
    private struct Flight {
        var shipment: Shipment
        /// The shipment's items but those that the plan left out.
        var sent: [ItemRange]
        var filtered: [String: [ItemRange]]
        /// What the request says about its body.
        var headers: [HTTPHeader]
        var request: HTTPRequest
        var ticket: Window.Ticket
        var payloadBytes: Int
        /// Bytes of the budget that the compressed body holds.
        var charge: Int
        var redirects = 0
    }

    private struct Drain {
        /// It was failing already: one more request shows whether waiting makes sense.
        var isLastChance: Bool
        var isGivenUp = false
    }

    /// What `startOne` came to.
    enum Progress {
        case started(HTTPTransferID)
        /// Something was done without a request; there may be more.
        case moved
        case nothing
    }

    /// How long there is nothing to do.
    enum Sleep {
        case untilWoken
        case until(UInt64)
        case untilAnswer
    }

    init(_ settings: DestinationSettings, _ plan: PayloadPlan, _ reader: any FrameReader, _ surroundings: ExporterSurroundings) {
        self.settings = settings
        self.plan = plan
        self.reader = reader
        self.surroundings = surroundings
        held = HeldFrames(budget: surroundings.budget)
        counts = DestinationStatus(name: settings.name)
    }

    var name: String { settings.name }

    // What the exporter asks for

    /// Sends the next request, if there is one and the destination may have it.
    func startOne(on client: HTTPClient) -> Progress {
        let now = surroundings.clock.bootNanoseconds()
        guard !isLeaving, drain?.isGivenUp != true, window.mayStart(inFlight: flights.count, limit: settings.maxInFlight, now: now) else {
            return .nothing
        }
        if let shipment = takeReady() { return launch(shipment, on: client) }
        guard wantsToRead(now) else { return .nothing }
        return readBatch(now)
    }

    /// Takes the end of a request in. The request that follows it, when the answer was a redirect.
    func finish(_ completion: HTTPCompletion, on client: HTTPClient) -> HTTPTransferID? {
        guard let flight = flights.removeValue(forKey: completion.id) else { return nil }
        isChanged = true
        counts.sendDuration.add(completion.duration)
        switch completion.result {
        case .failure(let failure):
            let error: ExportError = failure.cause == .invalid ? .refused(status: 0) : .retryable(after: nil)
            fail(flight, error, .unanswered, failure.description)
        case .success(let answer):
            let words = plan.describe(answer.body, answer.contentType).map { ": " + $0 } ?? ""
            let reason = "HTTP \(answer.status)\(words)"
            switch AnswerRule(answer, now: surroundings.clock.wallNanoseconds()) {
            case .accepted: accept(flight, answer)
            case .moved(let location):
                if let id = follow(location, flight, on: client) { return id }
                fail(flight, .refused(status: answer.status), .redirected, "\(reason) to \(location)")
            case .failed(let error): fail(flight, error, Self.outcome(error), reason)
            }
        }
        return nil
    }

    func sleep(_ now: UInt64) -> Sleep {
        let backlog = reader.backlog()
        switch window.state {
        case .waiting(let until) where until > now && !isLeaving: return backlog.bytes > 0 ? .until(until) : .untilWoken
        case .probing: return .untilAnswer
        case .waiting, .open: break
        }
        if isLeaving || flights.count >= settings.maxInFlight || !ready.isEmpty || isFull { return .untilAnswer }
        if backlog.bytes == 0 { return .untilWoken }
        if noReadBefore > now { return .until(noReadBefore) }
        // The budget is spent, and what we hold of it comes free with an answer.
        if wantsToRead(now) { return held.isEmpty ? .until(now + Self.slice) : .untilAnswer }
        return .until(min(backlog.oldestBootNanoseconds + UInt64(settings.linger.inNanoseconds), now + Self.slice))
    }

    func update(_ settings: DestinationSettings, _ plan: PayloadPlan) {
        isLeaving = false
        self.plan = plan
        guard settings != self.settings else { return }
        self.settings = settings
        appetite = Appetite()
        window.reset()
        isChanged = true
    }

    /// Starts nothing any more.
    func leave() {
        isLeaving = true
        isChanged = true
        returnReady()
    }

    var isGone: Bool { isLeaving && flights.isEmpty }

    func beginDrain(_ now: UInt64) {
        drain = Drain(isLastChance: window.failures > 0)
        window.hurry(now: now)
    }

    func isDrained(_ now: UInt64, deadline: UInt64) -> Bool {
        guard flights.isEmpty else { return false }
        if drain?.isGivenUp == true || isLeaving { return true }
        if case .waiting(let until) = window.state, until >= deadline { return true }
        return ready.isEmpty && (reader.backlog().bytes == 0 || noReadBefore > now)
    }

    /// Breaks off what is under way and gives everything back to the log.
    func abort(on client: HTTPClient) {
        for (id, flight) in flights {
            client.cancel(id)
            surroundings.budget.release(flight.charge)
            giveBack(flight.shipment)
        }
        flights = [:]
        returnReady()
        isChanged = true
    }

    func takeStatus() -> DestinationStatus {
        isChanged = false
        counts.inFlight = flights.count
        counts.heldBytes = held.bytes
        counts.state =
            switch (window.state, window.refusedStatus) {
            case _ where isLeaving: .leaving
            case (.waiting(let until), let status?): .paused(status: status, untilBootNanoseconds: until)
            case (.waiting(let until), nil): .backingOff(untilBootNanoseconds: until)
            // Until the probe has its answer, nothing is better than it was.
            case (.probing, let status?): .paused(status: status, untilBootNanoseconds: 0)
            case (.probing, nil): .backingOff(untilBootNanoseconds: 0)
            case (.open, _): .ok
            }
        return counts
    }

    // Reading

    /// How often a batch that waits for more is looked at, in nanoseconds: appends do not wake us while something waits.
    private static let slice: UInt64 = 10_000_000

    private var batchBytes: Int { min(settings.batchBytes, appetite.bytes) }
    private var isFull: Bool { held.bytes >= settings.batchBytes * settings.maxInFlight }

    private func wantsToRead(_ now: UInt64) -> Bool {
        guard !isFull, noReadBefore <= now else { return false }
        let backlog = reader.backlog()
        guard backlog.bytes > 0 else { return false }
        if backlog.bytes >= batchBytes || drain != nil { return true }
        return backlog.oldestBootNanoseconds + UInt64(settings.linger.inNanoseconds) <= now
    }

    /// Progress is made whatever the budget says: a destination that holds nothing may always hold one batch.
    private func readBatch(_ now: UInt64) -> Progress {
        let isReserved = surroundings.budget.reserve(batchBytes)
        guard isReserved || held.isEmpty else { return .nothing }
        do {
            let frames = try reader.read(maxBytes: batchBytes)
            held.add(frames, reserved: isReserved ? batchBytes : 0)
            ready += Shipment.sorted(frames, maxParts: plan.maxParts)
            if frames.isEmpty { noReadBefore = now + 100_000_000 }
        } catch {
            if isReserved { surroundings.budget.release(batchBytes) }
            noReadBefore = now + 1_000_000_000
            reportLog(error)
        }
        isChanged = true
        return .moved
    }

    /// The first shipment that need not wait for an answer to an earlier one of its signal and tenant.
    private func takeReady() -> Shipment? {
        let index = ready.firstIndex { shipment in
            !settings.orderedSignals.contains(shipment.signal)
                || !flights.values.contains { $0.shipment.signal == shipment.signal && $0.shipment.tenant == shipment.tenant }
        }
        return index.map { ready.remove(at: $0) }
    }

    // Sending

    private func launch(_ shipment: Shipment, on client: HTTPClient) -> Progress {
        guard let url = settings.urls[shipment.signal] else {
            settle(shipment, [(.filtered(rule: "signal"), shipment.ranges)])
            return .moved
        }
        // One that is known to be too much is not even tried.
        if !appetite.allows(shipment) || (shipment.likelyBytes > settings.requestLimitBytes && shipment.itemCount > 1) {
            divide(shipment)
            return .moved
        }
        let rendered = plan.render(shipment.parts)
        let sent = rendered.filtered.isEmpty ? shipment.ranges : shipment.ranges.subtracting(rendered.filtered.values.joined())
        let bytes = rendered.bytes
        guard bytes > 0 else {
            settle(shipment, Self.outcomes(rendered.filtered) + [(.filtered(rule: "empty"), sent)])
            return .moved
        }
        guard bytes <= settings.requestLimitBytes else {
            if shipment.itemCount > 1 {
                divide(shipment)
            } else {
                reject(shipment, "larger than the \(settings.requestLimitBytes) bytes a request may have")
            }
            return .moved
        }
        let body = surroundings.body(rendered.pieces, settings.compression, level: settings.compressionLevel)
        let bodyBytes = settings.compression == .identity ? 0 : body[0].count
        let request = HTTPRequest(
            url: url,
            headers: ownHeaders + rendered.headers + settings.headers,
            body: body,
            timeout: settings.timeout,
            security: settings.security
        )
        let flight = Flight(
            shipment: shipment,
            sent: sent,
            filtered: rendered.filtered,
            headers: rendered.headers,
            request: request,
            ticket: window.started(),
            payloadBytes: bytes,
            charge: surroundings.budget.reserve(bodyBytes) ? bodyBytes : 0
        )
        return .started(start(flight, on: client))
    }

    private func start(_ flight: Flight, on client: HTTPClient) -> HTTPTransferID {
        let id = client.start(flight.request)
        flights[id] = flight
        isChanged = true
        return id
    }

    private var ownHeaders: [HTTPHeader] {
        let type = HTTPHeader("Content-Type", plan.contentType)
        return settings.compression == .identity ? [type] : [type, HTTPHeader("Content-Encoding", settings.compression.rawValue)]
    }

    /// Sends the same to where an answer points. Credentials go nowhere but to the origin they were configured for, nothing goes from
    /// `https` to `http`, and three times is enough.
    private func follow(_ location: String, _ flight: Flight, on client: HTTPClient) -> HTTPTransferID? {
        guard
            flight.redirects < 3, let from = HTTPURL(flight.request.url), let to = from.resolving(location),
            to.scheme == from.scheme || to.scheme == "https"
        else { return nil }
        counts.requests[.redirected, default: 0] += 1
        var next = flight
        next.redirects += 1
        next.request.url = to.description
        if !to.isSameOrigin(as: from) {
            next.request.headers = ownHeaders + flight.headers
            next.request.security = TransportSecurity(authorities: settings.security.authorities)
        }
        if flight.redirects == 0 && counts.requests[.redirected] == 1 {
            surroundings.log(.redirected(destination: name, to: to.description))
        }
        return start(next, on: client)
    }

    // Answers

    private func accept(_ flight: Flight, _ answer: HTTPAnswer) {
        contacted(flight)
        appetite.accepted()
        counts.requests[.accepted, default: 0] += 1
        counts.bytesBeforeCompression += flight.payloadBytes
        counts.bytesSent += flight.request.body.reduce(0) { $0 + $1.count }
        counts.lastSuccessWallNanoseconds = surroundings.clock.wallNanoseconds()
        let signal = flight.shipment.signal
        var outcomes = Self.outcomes(flight.filtered)
        switch plan.partialSuccess(answer.body, answer.contentType, signal) {
        case let partial? where partial.rejected > 0:
            // The answer says how many, never which: the last ones stand for them.
            let (delivered, refused) = flight.sent.splitOff(last: min(partial.rejected, flight.sent.itemCount))
            let reason = "partial success: " + PlainWords.shortened(partial.message)
            outcomes += [(.delivered, delivered), (.rejected(reason: reason), refused)]
            surroundings.log(.rejected(destination: name, signal: signal, items: refused.itemCount, reason: reason))
        case let partial?:
            outcomes.append((.delivered, flight.sent))
            if !partial.message.isEmpty {
                surroundings.log(.warning(destination: name, message: PlainWords.shortened(partial.message)))
            }
        case nil: outcomes.append((.delivered, flight.sent))
        }
        settle(flight.shipment, outcomes)
    }

    private func fail(_ flight: Flight, _ error: ExportError, _ outcome: DestinationStatus.RequestOutcome, _ reason: String) {
        counts.requests[outcome, default: 0] += 1
        counts.lastError = reason
        switch error {
        case .tooLarge:
            contacted(flight)
            appetite.tooLarge(bytes: flight.payloadBytes, items: flight.shipment.itemCount)
        case .suspect:
            contacted(flight)
            appetite.suspect(items: flight.shipment.itemCount)
        case .retryable, .refused: backOff(flight, error, reason)
        }
        switch flight.shipment.next(after: error) {
        case .acknowledge: preconditionFailure("a failure is no acknowledgement")
        case .halve: divide(flight.shipment)
        case .reject:
            appetite.foundCulprit()
            reject(flight.shipment, reason)
        case .giveBack:
            counts.retries += 1
            giveBack(flight.shipment)
        }
    }

    private func contacted(_ flight: Flight) {
        surroundings.budget.release(flight.charge)
        let failures = window.failures
        if window.succeeded(flight.ticket) { surroundings.log(.recovered(destination: name, failures: failures)) }
    }

    private func backOff(_ flight: Flight, _ error: ExportError, _ reason: String) {
        surroundings.budget.release(flight.charge)
        let before = (failures: window.failures, status: window.refusedStatus)
        let now = surroundings.clock.bootNanoseconds()
        let wait = window.failed(flight.ticket, error, backoff: settings.backoff, now: now, spread: surroundings.spread())
        guard let wait else { return }
        if drain?.isLastChance == true { drain?.isGivenUp = true }
        // Nothing waits in memory for a destination that is away.
        returnReady()
        if let status = window.refusedStatus, status != before.status {
            surroundings.log(.paused(destination: name, status: status, reason: reason))
        } else if before.failures == 0 {
            surroundings.log(.backingOff(destination: name, reason: reason, wait: wait))
        }
    }

    // Outcomes

    private func reject(_ shipment: Shipment, _ reason: String) {
        settle(shipment, [(.rejected(reason: reason), shipment.ranges)])
        surroundings.log(.rejected(destination: name, signal: shipment.signal, items: shipment.itemCount, reason: reason))
    }

    private func settle(_ shipment: Shipment, _ outcomes: [(Outcome, [ItemRange])]) {
        isChanged = true
        do {
            for (outcome, ranges) in outcomes where !ranges.isEmpty {
                try reader.record(outcome, of: ranges)
                count(outcome, shipment.signal, ranges.itemCount)
            }
        } catch {
            // The log knows which items it has noted; the others come again.
            reportLog(error)
            noReadBefore = surroundings.clock.bootNanoseconds() + 1_000_000_000
            giveBack(shipment)
            return
        }
        for part in shipment.parts {
            if let frame = held.settled(part) { reader.giveBack([frame]) }
        }
    }

    private func count(_ outcome: Outcome, _ signal: UInt8, _ items: Int) {
        switch outcome {
        case .delivered: counts.deliveredItems[signal, default: 0] += items
        case .rejected: counts.rejectedItems[signal, default: 0] += items
        case .filtered: counts.filteredItems[signal, default: 0] += items
        }
    }

    private func divide(_ shipment: Shipment) {
        let (first, second) = shipment.halves()
        if let cut = first.parts.last?.frame.sequence, cut == second.parts[0].frame.sequence, shipment.parts.count == 1 {
            held.divided(cut)
        }
        ready.insert(contentsOf: [first, second], at: 0)
    }

    private func giveBack(_ shipment: Shipment) {
        let frames = shipment.parts.compactMap { held.returned($0) }
        if !frames.isEmpty { reader.giveBack(frames) }
    }

    private func returnReady() {
        for shipment in ready { giveBack(shipment) }
        ready = []
    }

    private func reportLog(_ error: SpoolError) {
        counts.lastError = "log: \(error)"
        surroundings.log(.logFailed(destination: name, reason: "\(error)"))
    }

    private static func outcomes(_ filtered: [String: [ItemRange]]) -> [(Outcome, [ItemRange])] {
        filtered.sorted { $0.key < $1.key }.map { (.filtered(rule: $0.key), $0.value) }
    }

    private static func outcome(_ error: ExportError) -> DestinationStatus.RequestOutcome {
        switch error {
        case .retryable: .retryable
        case .tooLarge: .tooLarge
        case .suspect: .suspect
        case .refused: .refused
        }
    }
}
