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
    private var suspicion = Suspicion()
    private var muted = MutedSignals()
    private var turns = ReadTurns()
    /// Shipments that are being set aside, by their numbers.
    private var asides: [Int: Aside] = [:]
    /// Of a thin link: nothing is sent before that time.
    private var paceNanoseconds: UInt64 = 0
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
        /// What became of the others.
        var leftOut: [(Outcome, [ItemRange])]
        /// What the request says about its body.
        var headers: [HTTPHeader]
        var request: HTTPRequest
        var ticket: Window.Ticket
        var payloadBytes: Int
        /// Bytes of the budget that the compressed body holds.
        var charge: Int
        var redirects = 0
    }

    private struct Aside {
        var shipment: Shipment
        var reason: String
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
        guard !isLeaving, drain?.isGivenUp != true, paceNanoseconds <= now,
            window.mayStart(inFlight: flights.count, limit: settings.maxInFlight, now: now)
        else { return .nothing }
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
            fail(flight, Self.error(failure), .unanswered, failure.description)
        case .success(let answer):
            let words = plan.describe(answer.body, answer.contentType).map { ": " + $0 } ?? ""
            let reason = "HTTP \(answer.status)\(words)"
            switch AnswerRule(answer, now: surroundings.clock.wallNanoseconds()) {
            case .accepted: accept(flight, answer)
            case .moved(let location):
                if let id = follow(location, flight, on: client) { return id }
                fail(flight, .refused(status: answer.status), .redirected, "\(reason) to \(location)")
            case .failed(let error): fail(flight, error, Self.outcome(error), reason, answer)
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
        if !ready.isEmpty, paceNanoseconds > now, !isLeaving { return .until(paceNanoseconds) }
        if isLeaving || flights.count >= settings.maxInFlight || !ready.isEmpty || isFull { return .untilAnswer }
        if backlog.bytes == 0 { return .untilWoken }
        if paceNanoseconds > now { return .until(paceNanoseconds) }
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
        (appetite, suspicion, paceNanoseconds) = (Appetite(), Suspicion(), 0)
        muted = MutedSignals()
        window.reset()
        isChanged = true
    }

    /// Starts nothing any more.
    func leave() {
        isLeaving = true
        isChanged = true
        returnReady()
    }

    var isGone: Bool { isLeaving && flights.isEmpty && asides.isEmpty }

    func beginDrain(_ now: UInt64) {
        drain = Drain(isLastChance: window.failures > 0)
        window.hurry(now: now)
    }

    func isDrained(_ now: UInt64, deadline: UInt64) -> Bool {
        guard flights.isEmpty, asides.isEmpty else { return false }
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
        // Their copies are of items that are not passed: the next start drops them.
        for aside in asides.values { giveBack(aside.shipment) }
        asides = [:]
        returnReady()
        isChanged = true
    }

    func takeStatus() -> DestinationStatus {
        isChanged = false
        counts.inFlight = flights.count
        counts.mutedSignals = muted.all
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

    /// On a thin link no request may take so long that it is given up.
    private var batchBytes: Int {
        let known = min(settings.batchBytes, appetite.bytes)
        guard settings.bytesPerSecond > 0, settings.timeout > .zero else { return known }
        return min(known, max(Int(Double(settings.bytesPerSecond) * (settings.timeout / .seconds(1)) / 4), 1024))
    }
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
            let frames = try readFrames(now)
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

    private func readFrames(_ now: UInt64) throws(SpoolError) -> [StoredFrame] {
        let isLost = window.refusedStatus.map(Self.isAboutPath) == true
        let looksForOthers = window.failures > 0 && (suspicion.wantsOthers || isLost)
        if let place = turns.next(looksForOthers: looksForOthers, orderedSignals: settings.orderedSignals) {
            let frames = try reader.read(maxBytes: batchBytes, from: place)
            if !frames.isEmpty { return frames }
        }
        let quiet = muted.quiet(now)
        let frames = try reader.read(maxBytes: batchBytes, from: quiet.isEmpty ? .oldest : .others(than: quiet))
        if let first = frames.first {
            turns.sawOldest(receivedNanoseconds: first.receivedNanoseconds, now: surroundings.clock.wallNanoseconds())
        }
        return frames
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
        if let tenants = settings.tenants, !tenants.contains(shipment.tenant) {
            settle(shipment, [(.filtered(rule: "tenant"), shipment.ranges)])
            return .moved
        }
        if muted.isQuiet(shipment.signal, surroundings.clock.bootNanoseconds()) {
            giveBack(shipment)
            return .moved
        }
        // One that is known to be too much is not even tried.
        let isTooMany = shipment.itemCount > suspicion.firstItems && shipment.search == nil
        if shipment.itemCount > 1, isTooMany || !appetite.allows(shipment) || shipment.likelyBytes > settings.requestLimitBytes {
            divide(shipment)
            return .moved
        }
        guard let rendered = render(shipment) else {
            setAside(shipment, "its content cannot be cut to the \(shipment.reducedBytes ?? 0) bytes that are taken", nil)
            return .moved
        }
        let leftOut = rendered.leftOut
        let sent = leftOut.isEmpty ? shipment.ranges : shipment.ranges.subtracting(leftOut)
        let bytes = rendered.bytes
        guard bytes > 0 else {
            suspicion.dropped(shipment)
            settle(shipment, Self.outcomes(rendered) + [(.filtered(rule: "empty"), sent)])
            return .moved
        }
        guard bytes <= settings.requestLimitBytes else {
            if shipment.itemCount > 1 {
                divide(shipment)
            } else if shipment.reducedBytes == nil {
                var reduced = shipment
                reduced.reducedBytes = settings.requestLimitBytes
                ready.insert(reduced, at: 0)
            } else {
                setAside(shipment, "larger than the \(settings.requestLimitBytes) bytes a request may have", nil)
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
            route: settings.route,
            security: settings.security
        )
        if settings.bytesPerSecond > 0 {
            let now = surroundings.clock.bootNanoseconds()
            let sending = Double(body.reduce(0) { $0 + $1.count }) / Double(settings.bytesPerSecond)
            paceNanoseconds = max(paceNanoseconds, now) + UInt64(sending * 1e9)
        }
        let flight = Flight(
            shipment: shipment,
            sent: sent,
            leftOut: Self.outcomes(rendered),
            headers: rendered.headers,
            request: request,
            ticket: window.started(),
            payloadBytes: bytes,
            charge: surroundings.budget.reserve(bodyBytes) ? bodyBytes : 0
        )
        return .started(start(flight, on: client))
    }

    private func render(_ shipment: Shipment) -> Rendered? {
        if let bytes = shipment.reducedBytes { return plan.reduce(shipment.parts[0], bytes) }
        return plan.render(shipment.parts)
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
        if muted.took(flight.shipment.signal) { surroundings.log(.recovered(destination: name, failures: 1)) }
        suspicion.accepted(flight.shipment)
        // While something is under suspicion, what others got through says nothing about how much of it may go at once.
        if !suspicion.wantsOthers { appetite.accepted() }
        counts.requests[.accepted, default: 0] += 1
        counts.bytesBeforeCompression += flight.payloadBytes
        counts.bytesSent += flight.request.body.reduce(0) { $0 + $1.count }
        counts.lastSuccessWallNanoseconds = surroundings.clock.wallNanoseconds()
        let signal = flight.shipment.signal
        var outcomes = flight.leftOut
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

    private func fail(
        _ flight: Flight,
        _ error: ExportError,
        _ outcome: DestinationStatus.RequestOutcome,
        _ reason: String,
        _ answer: HTTPAnswer? = nil
    ) {
        counts.requests[outcome, default: 0] += 1
        counts.lastError = reason
        var shipment = flight.shipment
        let verdict: Suspicion.Verdict
        switch error {
        case .tooLarge:
            contacted(flight)
            appetite.tooLarge(bytes: flight.payloadBytes, items: shipment.itemCount)
            if shipment.itemCount > 1 {
                divide(shipment)
            } else {
                shrink(shipment, flight.payloadBytes, reason, answer)
            }
            return
        case .refused(let status) where Self.isAboutPath(status) && muted.takesOthers(than: shipment.signal):
            mute(flight, status, reason)
            return
        case .suspect: verdict = suspicion.refused(&shipment)
        case .doubtful: verdict = suspicion.failed(&shipment)
        case .reset: verdict = suspicion.brokeOff(&shipment)
        case .retryable, .refused: verdict = .stepBack
        }
        switch verdict {
        case .divide:
            contacted(flight)
            appetite.suspect(items: shipment.itemCount)
            divide(shipment)
        case .setAside:
            contacted(flight)
            let others = shipment.itemCount > 1 ? " (one of \(shipment.itemCount) items or more; they were not told apart)" : ""
            setAside(shipment, reason + others, answer)
        case .stepBack:
            if case .suspect = error { appetite.suspect(items: shipment.itemCount) }
            backOff(flight, error, reason)
            counts.retries += 1
            giveBack(shipment)
        }
    }

    private static func isAboutPath(_ status: Int) -> Bool { [404, 405, 410].contains(status) }

    /// Other signals are taken: only this one has no address there.
    private func mute(_ flight: Flight, _ status: Int, _ reason: String) {
        contacted(flight)
        let signal = flight.shipment.signal
        let wait = settings.backoff.delay(retry: .max, spread: surroundings.spread())
        if muted.mute(signal, until: surroundings.clock.bootNanoseconds() + UInt64(wait.inNanoseconds)) {
            let url = settings.urls[signal] ?? ""
            surroundings.log(.paused(destination: name, status: status, reason: "\(url): \(reason); other signals are taken"))
        }
        counts.retries += 1
        giveBack(flight.shipment)
    }

    /// A single item that is too large: sent with less content, as long as that helps.
    private func shrink(_ shipment: Shipment, _ bytes: Int, _ reason: String, _ answer: HTTPAnswer?) {
        var reduced = shipment
        reduced.reducedBytes = bytes / 2
        if bytes / 2 >= 1024, render(reduced) != nil {
            ready.insert(reduced, at: 0)
        } else {
            setAside(shipment, reason, answer)
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

    /// Has the log keep a copy of what nobody takes; it is passed when the copy is durable.
    private func setAside(_ shipment: Shipment, _ reason: String, _ answer: HTTPAnswer?) {
        isChanged = true
        suspicion.setAside(shipment)
        if !suspicion.wantsOthers { appetite.foundCulprit() }
        let drafts = shipment.parts.map { part in
            QuarantineDraft(
                range: part.range,
                signal: part.frame.signal,
                tenant: part.frame.tenant,
                receivedNanoseconds: part.frame.receivedNanoseconds,
                payload: part.isWholeFrame ? part.frame.payload : plan.slice(part.frame.payload, part.frame.signal, part.items),
                notes: part.frame.notes.filter { part.items.contains($0.item) },
                reason: reason,
                answer: QuarantineAnswer(
                    status: answer?.status ?? 0,
                    contentType: answer?.contentType ?? "",
                    body: [UInt8](answer?.body.prefix(QuarantineAnswer.longestBody) ?? [])
                )
            )
        }
        let number = surroundings.nextAside()
        asides[number] = Aside(shipment: shipment, reason: reason)
        reader.setAside(drafts) { [name, ended = surroundings.asideEnded] result in
            ended(AsideEnd(destination: name, number: number, result: result))
        }
    }

    /// The log has the copy, has no room for it, or could not make it.
    func asideEnded(_ end: AsideEnd) {
        guard let aside = asides.removeValue(forKey: end.number) else { return }
        isChanged = true
        let shipment = aside.shipment
        switch end.result {
        case .success(true):
            settle(shipment, [(.quarantined, shipment.ranges)])
            surroundings.log(
                .quarantined(destination: name, signal: shipment.signal, items: shipment.itemCount, reason: aside.reason)
            )
        case .success(false): reject(shipment, aside.reason)
        case .failure(let error):
            reportLog(error)
            noReadBefore = surroundings.clock.bootNanoseconds() + 5_000_000_000
            giveBack(shipment, isDropped: false)
        }
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
        case .quarantined: counts.quarantinedItems[signal, default: 0] += items
        case .folded: counts.foldedItems[signal, default: 0] += items
        }
    }

    private func divide(_ shipment: Shipment) {
        let (first, second) = shipment.halves()
        if let cut = first.parts.last?.frame.sequence, cut == second.parts[0].frame.sequence, shipment.parts.count == 1 {
            held.divided(cut)
        }
        suspicion.divided(shipment)
        // By levels, so that the pieces are small wherever the requests run out; in order where order is promised.
        if let id = shipment.search, !settings.orderedSignals.contains(shipment.signal),
            let last = ready.lastIndex(where: { $0.search == id })
        {
            ready.insert(contentsOf: [first, second], at: last + 1)
        } else {
            ready.insert(contentsOf: [first, second], at: 0)
        }
    }

    private func giveBack(_ shipment: Shipment, isDropped: Bool = true) {
        if isDropped { suspicion.dropped(shipment) }
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

    private static func outcomes(_ rendered: Rendered) -> [(Outcome, [ItemRange])] {
        rendered.filtered.sorted { $0.key < $1.key }.map { (.filtered(rule: $0.key), $0.value) } + [(.folded, rendered.folded)]
    }

    private static func error(_ failure: HTTPFailure) -> ExportError {
        switch failure.cause {
        case .invalid: .refused(status: 0)
        case .reset: .reset
        case .nameNotFound, .refused, .timeout, .security, .other: .retryable(after: nil)
        }
    }

    private static func outcome(_ error: ExportError) -> DestinationStatus.RequestOutcome {
        switch error {
        case .retryable: .retryable
        case .reset: .unanswered
        case .doubtful: .doubtful
        case .tooLarge: .tooLarge
        case .suspect: .suspect
        case .refused: .refused
        }
    }
}
