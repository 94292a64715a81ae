internal import CausewayPlatform
internal import NIOCore
internal import NIOHTTP1

/// One connection: reads requests one after the other within the limits, and writes the answers.
///
/// NIO's pipelining handler stands before it, so that there is one request at a time, and none is read while one is being worked on.
final class HTTPConnection<Service: HTTPService>: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Between requests.
        case idle
        /// Bytes have come that are not a whole head yet.
        case head
        /// The body is coming.
        case body
        /// The request has been handed over; its answer is awaited.
        case working
        /// The answer is on its way, and the client has not taken enough of it for its end to be written: with that the next
        /// request would come, and its answer on top.
        case answering
        /// Answered before the body had come. The rest of it is short and thrown away; then comes the next request.
        case discarding
        /// Answered for the last time. Whatever still comes is thrown away until the client has read the answer and closes:
        /// closing with bytes unread would reset the connection, and take the answer away from the client.
        case lingering
        case closed
    }

    /// What follows an answer.
    private enum Next {
        case request
        case restOfBody
        case close
    }

    /// A request that is coming and is acceptable so far.
    private struct Upload {
        var plan: Service.Plan
        var headers: HTTPHeaders
        var charge: BudgetCharge
        var body: BodyBuffer
        /// Takes the body while it comes, instead.
        var stream: AgentEventUpload?
    }

    /// What is left of a refused request's body is read to its end when it is announced to be at most this; else the connection is closed.
    private let shortRest = 256 << 10

    private let service: Service
    private let listener: Listener<Service>
    /// One connection too many: it gets one answer, which says so.
    private let isSurplus: Bool

    private var state = State.idle
    private var next = Next.request
    /// Of the request that is coming or being worked on.
    private var facts: RequestFacts?
    private var upload: Upload?
    private var arrivedBytes = 0
    private var lingeredBytes = 0
    private var inputClosed = false
    private var headIsLate = false
    private var peer: String?
    private var context: ChannelHandlerContext?
    private var timer: DeadlineTimer?
    private var boundSelf: NIOLoopBound<any AnsweredConnection>?

    init(_ service: Service, _ listener: Listener<Service>, isSurplus: Bool) {
        self.service = service
        self.listener = listener
        self.isSurplus = isSurplus
    }

    private var settings: HTTPListenerSettings { service.settings }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = DeadlineTimer(context.eventLoop.assumeIsolated()) { [weak self] in self?.deadlinePassed() }
        waitForRequest()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        boundSelf = nil
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        upload?.stream?.breakOff()
        state = .closed
        upload = nil
        timer?.cancel()
        context.fireChannelInactive()
    }

    /// Called before the parser sees the bytes.
    func bytesArrived(_ count: Int) {
        service.statistics.change { $0.wireBytes += count }
        switch state {
        case .idle:
            state = .head
            timer?.set(settings.readTimeout)
        case .lingering:
            lingeredBytes += count
            if lingeredBytes > settings.lingerBytes { close() }
        case .head, .body, .working, .answering, .discarding, .closed: break
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (Self.unwrapInboundIn(data), state) {
        case (.head(let head), .idle), (.head(let head), .head): begin(head)
        case (.body(let part), .body): take(part)
        case (.end, .body): finish()
        case (.end, .answering) where next == .restOfBody: next = .request
        case (.end, .discarding): if listener.isStopping { close() } else { waitForRequest() }
        case (.head, _), (.body, _), (.end, _): break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            inputClosed = true
            switch state {
            case .idle, .head, .body, .discarding: close()
            // The answer, or what is left of it, is still to be written.
            case .working, .answering, .lingering, .closed: break
            }
        } else if event is ListenerStops {
            switch state {
            case .idle: close()
            case .answering: next = .close
            case .head, .body, .working, .discarding, .lingering, .closed: break
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, case .answering = state { endAnswer() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // After a parser's error, bytes that follow are errors too, and are only to be thrown away.
            if !(error is ByteToMessageDecoderError) { close() }
            return
        }
        switch state {
        case .idle, .head, .body: refuse(headIsLate ? .lateHead(settings.readTimeout) : Refusal(error))
        case .answering: next = .close
        case .discarding: close()
        case .working, .lingering, .closed: break
        }
    }
}

extension HTTPConnection {
    private func waitForRequest() {
        facts = nil
        upload = nil
        state = .idle
        timer?.set(isSurplus ? settings.lingerTimeout : settings.idleTimeout)
    }

    private func begin(_ head: HTTPRequestHead) {
        let facts = RequestFacts(head)
        self.facts = facts
        arrivedBytes = 0
        state = .body
        do throws(Refusal) {
            if isSurplus { throw Refusal.surplusConnection }
            if let objection = facts.objection() { throw objection }
            let plan = try service.plan(for: facts)
            let charge = service.newCharge()
            let announced = facts.announcedBytes
            let stream = service.upload(plan, head.headers, charge)
            if let announced, stream == nil {
                if announced > settings.maxBody || announced > charge.budget.limit { throw service.tooLarge("\(announced) bytes") }
                if announced > charge.budget.limit - charge.budget.usedBytes { throw service.noMemory() }
            }
            let body = BodyBuffer(limit: settings.maxBody, announced: announced, charge: charge)
            upload = Upload(plan: plan, headers: head.headers, charge: charge, body: body, stream: stream)
        } catch {
            refuse(error)
            return
        }
        if facts.expectsContinue && !facts.isHTTP10 {
            write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
            context?.flush()
        }
    }

    private func take(_ part: ByteBuffer) {
        arrivedBytes += part.readableBytes
        if let stream = upload?.stream { return take(part, stream) }
        switch upload?.body.append(part) {
        case .taken?: break
        case .overLimit?: refuse(service.tooLarge("at least \(arrivedBytes) bytes"))
        case .noMemory?: refuse(service.noMemory())
        case nil: break
        }
    }

    /// A body of any length may take any time, as long as it goes on.
    private func take(_ part: ByteBuffer, _ stream: AgentEventUpload) {
        guard let context else { return }
        let bound = boundSelf ?? NIOLoopBound(self, eventLoop: context.eventLoop)
        boundSelf = bound
        let gate = listener.gate
        let resume: @Sendable (HTTPAnswer?) -> Void = { failure in
            gate.execute { bound.value.resume(failure) }
        }
        switch stream.take(part, resume: resume) {
        case .taken: timer?.set(settings.idleTimeout)
        case .pause:
            timer?.clear()
            context.channel.setOption(.autoRead, value: false).whenComplete { _ in }
        case .noMemory: refuse(service.noMemory())
        }
    }

    private func finish() {
        guard let facts, let upload = self.upload.take(), let context else { return }
        state = .working
        timer?.clear()
        let bound = boundSelf ?? NIOLoopBound(self, eventLoop: context.eventLoop)
        boundSelf = bound
        if let stream = upload.stream { return stream.finish(HTTPReply(bound, listener.gate)) }
        let request = WholeRequest(
            facts: facts,
            plan: upload.plan,
            headers: upload.headers,
            body: upload.body.bytes,
            charge: upload.charge,
            peer: peerAddress(context)
        )
        service.take(request, HTTPReply(bound, listener.gate))
    }

    private func peerAddress(_ context: ChannelHandlerContext) -> String {
        if let peer { return peer }
        let address = context.remoteAddress?.ipAddress ?? ""
        peer = address
        return address
    }

    /// Answers before the request has come whole.
    private func refuse(_ refusal: Refusal) {
        upload?.stream?.breakOff()
        upload = nil
        service.statistics.change { $0.refusedRequests[refusal.reason, default: 0] += 1 }
        let rest = facts?.announcedBytes.map { $0 - arrivedBytes } ?? .max
        let mayNotSend = facts?.expectsContinue ?? false
        let canStay = rest <= shortRest && !mayNotSend && !refusal.reason.endsConnection
        respond(service.answer(refusal, to: facts), then: canStay ? .restOfBody : .close)
    }

    private func deadlinePassed() {
        switch state {
        case .idle, .answering, .discarding, .lingering: close()
        case .head:
            // The pipelining handler lets an answer pass that no request asked for only after an error of the parser.
            headIsLate = true
            context?.pipeline.fireErrorCaught(HTTPParserError.closedConnection)
        case .body: refuse(.lateBody(arrivedBytes, settings.readTimeout))
        case .working, .closed: break
        }
    }

    /// Writes an answer. What follows it may still turn out to be the end, because the client or the listener wants it so.
    private func respond(_ answer: HTTPAnswer, then wanted: Next) {
        guard let context else { return }
        let isHTTP10 = facts?.isHTTP10 ?? false
        let wantsMore = facts.map { $0.wantsKeepAlive && !$0.offersUpgrade } ?? false
        next = wantsMore && !inputClosed && !listener.isStopping ? wanted : .close

        var headers = [("Content-Type", answer.contentType), ("Content-Length", String(answer.body.count))] + answer.extraHeaders
        if let seconds = answer.retryAfterSeconds { headers.append(("Retry-After", String(seconds))) }
        for header in settings.answerHeaders { headers.append((header.name, header.value)) }
        if next == .close {
            headers.append(("Connection", "close"))
        } else if isHTTP10 {
            headers.append(("Connection", "keep-alive"))
        }
        let version = isHTTP10 ? HTTPVersion.http1_0 : .http1_1
        write(.head(HTTPResponseHead(version: version, status: answer.status, headers: HTTPHeaders(headers))))
        if facts?.method != .HEAD && !answer.body.isEmpty {
            write(.body(.byteBuffer(context.channel.allocator.buffer(bytes: answer.body))))
        }
        state = .answering
        if context.channel.isWritable {
            endAnswer()
        } else {
            timer?.set(settings.readTimeout)
            context.flush()
        }
    }

    private func endAnswer() {
        guard let context else { return }
        // The state changes first: with the end of this answer the next request may be delivered, from within the call.
        var written: EventLoopPromise<Void>?
        switch inputClosed ? .close : next {
        case .request: waitForRequest()
        case .restOfBody:
            state = .discarding
            timer?.set(settings.readTimeout)
        case .close:
            state = .lingering
            facts = nil
            timer?.set(settings.lingerTimeout)
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { _ in self.closeOutput() }
            written = promise
        }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: written)
    }

    private func write(_ part: HTTPServerResponsePart) { context?.write(Self.wrapOutboundOut(part), promise: nil) }

    /// Says that no more is coming, and leaves it to the client to close.
    private func closeOutput() {
        if inputClosed { close() } else { context?.close(mode: .output, promise: nil) }
    }

    private func close() { context?.close(promise: nil) }
}

extension HTTPConnection: AnsweredConnection {
    func answered(_ answer: HTTPAnswer) {
        guard case .working = state else { return }
        respond(answer, then: .request)
    }

    func resume(_ failure: HTTPAnswer?) {
        guard case .body = state, let stream = upload?.stream else { return }
        context?.channel.setOption(.autoRead, value: true).whenComplete { _ in }
        guard let failure else {
            timer?.set(settings.idleTimeout)
            return
        }
        stream.forget()
        upload = nil
        respond(failure, then: .close)
    }
}
