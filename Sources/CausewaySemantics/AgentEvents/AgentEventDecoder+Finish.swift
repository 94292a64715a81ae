internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform

// From what a line said to the fields of a span, an event or a log record.

extension AgentEventDecoder {
    mutating func finished() throws(AgentEventMistake) -> AgentEventLine {
        if line.parent != nil, line.trace == nil, shape != .logRecord {
            throw AgentEventMistake(.member, "parent_id without trace_id; say which trace the parent is in")
        }
        switch shape {
        case .span: try finishSpan()
        case .spanEvent: try finishEvent()
        case .logRecord: try finishRecord()
        }
        // Handed over, not copied.
        var result = AgentEventLine(type: type, trace: line.result.trace, contents: [])
        swap(&result, &line.result)
        return result
    }

    private mutating func writeFailure() throws(AgentEventMistake) {
        guard line.hasFailure else { return }
        let words = try failureWords()
        if let words {
            writeNew(Keys.failureCategory, word: words.category)
            if !words.code.isEmpty { writeNew(Keys.failureCode, word: words.code) }
        }
        // Of a span whose failure has no kind it is found out from the message, which is the status's.
        if let message = line.message, words != nil || shape != .span { writeNew(Keys.failureMessage, message) }
        if let errorType = line.errorType {
            writeNew(Keys.errorType, errorType)
        } else if let words, !words.code.isEmpty {
            writeNew(Keys.errorType, word: words.code)
        }
    }

    private mutating func finishSpan() throws(AgentEventMistake) {
        let isPart = line.phase != nil
        if isPart, line.trace == nil || line.span == nil {
            throw AgentEventMistake(.phase, "a line with a phase says by trace_id and id which span it is part of")
        }
        if let span = line.span, span == line.parent { throw AgentEventMistake(.cycle, "the span is its own parent") }
        try writeFailure()
        try writeStatus()
        writeOperation()
        if isPart { writeCallHash() }
        takeFree()
        let (start, end) = try times()

        // A line without ids is a trace of its own, and the same one when it is sent again.
        let digest = line.span == nil || line.trace == nil ? SHA256.digest(outline.bytes) : []
        let span = line.span ?? SpanID(SenderID.word(digest, 16)) ?? SpanID(1)!
        let trace = line.trace ?? TraceID(high: SenderID.word(digest, 0), low: SenderID.word(digest, 8)) ?? TraceID(high: 0, low: 1)!
        var writer = WireWriter()
        writer.reserve(attributes.bytes.count + state.bytes.count + 300)
        writer.id(1, trace)
        writer.id(2, span)
        if let parent = line.parent { writer.id(4, parent) }
        if let name = line.name, !name.isEmpty {
            writer.field(5, name, of: scratch)
        } else if line.phase == nil || line.phase == .start {
            makeName()
            writer.field(5, text)
        }
        if !isPart || line.phase == .start { writer.varint(6, type.kindNumber) }
        if let start { writer.fixed(7, start) }
        if let end { writer.fixed(8, end) }
        if isPart { writePhase(&writer, end: end) }
        writer.append(attributes.bytes)
        if !state.bytes.isEmpty {
            var event = WireWriter()
            event.fixed(1, end ?? start ?? now)
            event.field(2, Array(AgentEventType.state.eventName.utf8))
            event.append(state.bytes)
            writer.field(11, event.bytes)
        }
        if type == .evaluation, !isPart { writeEvaluationEvent(&writer, end ?? now) }
        for link in line.links {
            var contents = WireWriter()
            if !link.isElsewhere { contents.id(1, trace) }
            contents.append(link.contents)
            writer.field(13, contents.bytes)
        }
        if line.result.hasFailed {
            var status = WireWriter()
            if let message = line.message {
                let (source, range) = bytes(message)
                status.field(2, range, of: source)
            }
            status.varint(3, 2)
            writer.field(15, status.bytes)
        }
        line.result.contents = writer.bytes
        (line.result.trace, line.result.span, line.result.parent, line.result.phase) = (trace, span, line.parent, line.phase)
    }

    /// What the conventions want on the span that was judged is on the judging span, too.
    private func writeEvaluationEvent(_ writer: inout WireWriter, _ time: UInt64) {
        var event = WireWriter()
        event.fixed(1, time)
        event.field(2, Array(type.eventName.utf8))
        var fields = FieldReader(0..<attributes.bytes.count)
        while let field = fields.next(attributes.bytes) {
            var list = AttributeList(of: field.range, field: 9)
            guard let attribute = list.next(attributes.bytes), attributes.bytes[attribute.key].starts(with: Keys.evaluation) else {
                continue
            }
            event.field(3, field.contents, of: attributes.bytes)
        }
        writer.field(11, event.bytes)
    }

    private func times() throws(AgentEventMistake) -> (start: UInt64?, end: UInt64?) {
        let duration = line.duration.map { UInt64($0 * 1e6) }
        if let start = line.start, let end = line.end, end < start {
            throw AgentEventMistake(.time, "it ends before it starts")
        }
        switch line.phase {
        case nil:
            let end = line.end ?? line.start.map { $0 &+ (duration ?? 0) } ?? now
            let start = line.start ?? (end > duration ?? 0 ? end - (duration ?? 0) : end)
            if end > now &+ Self.patience {
                throw AgentEventMistake(.time, "with its duration_ms it ends more than an hour ahead of this clock")
            }
            return (start, end)
        case .start: return (line.start ?? now, line.end)
        case .end: return (line.start, line.end ?? (line.duration == nil ? now : nil))
        case .update, .event, .hangup: return (line.start, line.end)
        }
    }

    private mutating func writePhase(_ writer: inout WireWriter, end: UInt64?) {
        guard let phase = line.phase else { return }
        writer.attribute(9, Keys.phase, text: Array(phase.rawValue.utf8))
        writer.attribute(9, Keys.type, text: Array(type.rawValue.utf8))
        if phase == .end, end == nil, let duration = line.duration { writer.attribute(9, Keys.duration, double: duration) }
    }

    private mutating func writeStatus() throws(AgentEventMistake) {
        let word = line.status.map { string($0) }
        line.result.hasFailed = word == "failed" || word == nil && line.hasFailure
        guard !line.hasOutcome else { return }
        let outcome: String? =
            if word == "partial" {
                "partial"
            } else if type == .request {
                word == "ok" ? "success" : line.result.hasFailed ? "failure" : nil
            } else {
                nil
            }
        if let outcome { writeNew(Keys.outcome, word: outcome) }
    }

    private mutating func writeOperation() {
        if let node = line.operation {
            writeNew(Keys.operation, node)
        } else if let operation = type.operation, let name = Operation.nameBytes[Int(operation.rawValue)], isNew(Keys.operation) {
            attributes.attribute(number, Keys.operation, text: name)
        }
        if !line.hasStepType, let operation = type.operation, let step = Operation.stepTypeBytes[Int(operation.rawValue)],
            isNew(Keys.stepType)
        {
            attributes.attribute(number, Keys.stepType, text: step)
        }
    }

    private mutating func writeNew(_ key: [UInt8], word: String) {
        if isNew(key) { attributes.attribute(number, key, word: word) }
    }

    /// What people read where no name was given: what was done, and to what. In `text`.
    private mutating func makeName() {
        text.removeAll(keepingCapacity: true)
        if type != .step || line.subject == nil {
            if let operation = line.operation { outline.text(operation, to: &text) } else { text += type.nameStart.utf8 }
            if line.subject != nil { text.append(0x20) }
        }
        guard let subject = line.subject else { return }
        let (source, range) = bytes(subject)
        var end = range.upperBound
        if range.count > 200 {
            // Not inside a character.
            end = range.lowerBound + 200
            while end > range.lowerBound, source[end] & 0xC0 == 0x80 { end -= 1 }
        }
        text += source[range.lowerBound..<end]
    }

    /// Of what a part says, before any of it may be taken away.
    private mutating func writeCallHash() {
        guard let called = line.called, let subject = line.subject else { return }
        var hash = CallHash(hashing)
        let name = Array(string(subject).utf8)
        let (source, range) = bytes(called)
        if isNew(Keys.callHash) { attributes.attribute(number, Keys.callHash, text: hash.hash(name[...], source, range)) }
    }

    private mutating func finishEvent() throws(AgentEventMistake) {
        guard let trace = line.trace, let span = line.span else {
            throw AgentEventMistake(.member, "a \(type.rawValue) says by trace_id and id on which span it happened")
        }
        if type == .failure, !line.hasFailure {
            throw AgentEventMistake(.member, "a failure says what went wrong: a category, a code or a message")
        }
        try writeFailure()
        takeFree()
        let time = line.start ?? now
        var event = WireWriter()
        event.fixed(1, time)
        event.field(2, Array(type.eventName.utf8))
        event.append(attributes.bytes)
        var writer = WireWriter()
        writer.id(1, trace)
        writer.id(2, span)
        writer.attribute(9, Keys.phase, text: Array(AgentEventPhase.event.rawValue.utf8))
        writer.attribute(9, Keys.type, text: Array(type.rawValue.utf8))
        writer.field(11, event.bytes)
        line.result.contents = writer.bytes
        line.result.event = event.bytes
        (line.result.trace, line.result.span, line.result.phase) = (trace, span, .event)
    }

    private mutating func finishRecord() throws(AgentEventMistake) {
        if type == .feedback || type == .evaluation, line.trace == nil {
            throw AgentEventMistake(.member, "\(type.rawValue) says by trace_id what it is about")
        }
        let span = line.span ?? line.parent
        if span != nil, line.trace == nil { throw AgentEventMistake(.member, "an id without trace_id; say which trace it is in") }
        takeFree()
        var writer = WireWriter()
        writer.fixed(1, line.start ?? now)
        let level = line.severity.map { string($0) } ?? ""
        let severity = Self.severity(level)
        writer.varint(2, severity.number)
        writer.field(3, Array(severity.text.utf8))
        if let body = line.body {
            let (source, range) = bytes(body)
            var value = WireWriter()
            value.field(1, range, of: source)
            writer.field(5, value.bytes)
        }
        writer.append(attributes.bytes)
        if let trace = line.trace { writer.id(9, trace) }
        if let span { writer.id(10, span) }
        writer.fixed(11, now)
        if let node = line.eventName {
            let (source, range) = bytes(node)
            writer.field(12, range, of: source)
        } else if !type.eventName.isEmpty {
            writer.field(12, Array(type.eventName.utf8))
        }
        line.result.contents = writer.bytes
        line.result.span = span
        // A record without a trace has none; what stands here is not written.
        line.result.trace = line.trace ?? line.result.trace
        line.result.hasTrace = line.trace != nil
    }

    private static func severity(_ level: String) -> (number: Int64, text: String) {
        switch level {
        case "trace": (1, "TRACE")
        case "debug": (5, "DEBUG")
        case "warn", "warning": (13, "WARN")
        case "error": (17, "ERROR")
        case "fatal", "critical": (21, "FATAL")
        default: (9, "INFO")
        }
    }

    /// Keys, as bytes.
    enum Keys {
        static let own = Array("causeway.event.".utf8)
        static let phase = Array("causeway.event.phase".utf8)
        static let type = Array("causeway.event.type".utf8)
        static let duration = Array("causeway.event.duration_ms".utf8)
        static let extra = Array("causeway.extra.".utf8)
        static let sourceID = Array("causeway.source.id".utf8)
        static let sourceTrace = Array("causeway.source.trace_id".utf8)
        static let linkKind = Array("causeway.link.kind".utf8)
        static let outcome = Array("causeway.outcome".utf8)
        static let stepType = Array("causeway.step.type".utf8)
        static let retryCount = Array("causeway.retry.count".utf8)
        static let retryExhausted = Array("causeway.retry.exhausted".utf8)
        static let willRetry = Array("causeway.retry.will_retry".utf8)
        static let state = Array("causeway.state.".utf8)
        static let callHash = Array("causeway.call.hash".utf8)
        static let tenant = Array("causeway.tenant.id".utf8)
        static let resourceTenant = Array("tenant.id".utf8)
        static let service = Array("service.name".utf8)
        static let agentName = Array("gen_ai.agent.name".utf8)
        static let operation = Array("gen_ai.operation.name".utf8)
        static let inputMessages = Array("gen_ai.input.messages".utf8)
        static let outputMessages = Array("gen_ai.output.messages".utf8)
        static let system = Array("gen_ai.system_instructions".utf8)
        static let tools = Array("gen_ai.tool.definitions".utf8)
        static let toolArguments = Array("gen_ai.tool.call.arguments".utf8)
        static let outputPayload = Array("causeway.output.payload".utf8)
        static let request = Array("gen_ai.request.".utf8)
        static let evaluation = Array("gen_ai.evaluation.".utf8)
        static let serverAddress = Array("server.address".utf8)
        static let serverPort = Array("server.port".utf8)
        static let url = Array("url.full".utf8)
        static let schemeEnd = Array("://".utf8)
        static let auth = Array("causeway.auth.method".utf8)
        static let failureCategory = Array("causeway.failure.category".utf8)
        static let failureCode = Array("causeway.failure.code".utf8)
        static let failureMessage = Array("causeway.failure.message".utf8)
        static let errorType = Array("error.type".utf8)
        static let synthetic = Array("causeway.synthetic".utf8)

        /// Those that an attribute may have of which no member's description says so.
        static let written = [
            sourceID, sourceTrace, outcome, stepType, callHash, agentName, operation, inputMessages, outputMessages, system, tools,
            outputPayload, serverAddress, serverPort, url, auth, failureCategory, failureCode, failureMessage, errorType,
        ]
    }
}
