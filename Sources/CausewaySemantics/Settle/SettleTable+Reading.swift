internal import CausewayModel
internal import CausewayOTLP

// From the bytes of a frame to what the table knows.
extension SettleTable {
    /// Reads the spans of a frame.
    mutating func readSpans(_ payload: [UInt8], _ frame: FrameFacts) {
        var item: UInt32 = 0
        for resource in RequestView(payload, signal: .traces).resourceEntries {
            let facts = readResource(resource, payload)
            var scopes = FieldReader(resource.contents)
            while let scope = scopes.next(payload) {
                guard scope.number == 2, scope.type == .lengthDelimited else { continue }
                var frame = frame
                // Others make spans in the place of ones that never came, too; those are like any other.
                if frame.isDerived { frame.isDerived = payload.holds(Self.scope, at: ScopeEntryView(scope, payload).name) }
                var fields = FieldReader(scope.contents)
                while let field = fields.next(payload) {
                    guard field.number == 2, field.type == .lengthDelimited else { continue }
                    readSpan(field.contents, payload, item, facts, frame)
                    item += 1
                }
            }
        }
    }

    /// What a resource says for all of its spans.
    private struct ResourceFacts {
        /// The environment that it names, and the identity of who says no more than that.
        var environment: UInt32 = 0
        var identity: UInt32 = 0
        /// Which conditions of sampling it fulfils.
        var conditions: UInt64 = 0
    }

    private mutating func readResource(_ resource: ResourceEntryView, _ payload: [UInt8]) -> ResourceFacts {
        let attributes = resource.attributes
        var facts = ResourceFacts()
        for key in ["deployment.environment.name", "deployment.environment"] where facts.environment == 0 {
            if case .string(let range)? = attributes.value(key, payload) { facts.environment = texts.number(payload, range) }
        }
        if facts.environment != 0 {
            var identity = SettleIdentity()
            identity[.environment] = facts.environment
            facts.identity = identities.number(identity)
        }
        if !sampledKeys.isEmpty { facts.conditions = conditions(attributes, payload) }
        return facts
    }

    private func conditions(_ attributes: AttributeList, _ payload: [UInt8]) -> UInt64 {
        var found: UInt64 = 0
        var list = attributes
        while let attribute = list.next(payload) { found |= conditions(attribute, payload) }
        return found
    }

    private func conditions(_ attribute: AttributeView, _ payload: [UInt8]) -> UInt64 {
        var found: UInt64 = 0
        for (place, (key, value)) in sampledKeys.enumerated()
        where payload.holds(key, at: attribute.key) {
            if Self.isEqual(attribute.value, value, payload) { found |= 1 << UInt64(place) }
        }
        return found
    }

    private static func isEqual(_ value: ValueView, _ text: String, _ payload: [UInt8]) -> Bool {
        switch value {
        case .string(let range): payload.holds(text, at: range)
        case .int(let int): "\(int)" == text
        case .bool(let bool): "\(bool)" == text
        case .double(let double): "\(double)" == text || Double(text) == double
        case .empty, .array, .map, .bytes: false
        }
    }

    private mutating func readSpan(
        _ contents: Range<Int>,
        _ payload: [UInt8],
        _ item: UInt32,
        _ resource: ResourceFacts,
        _ frame: FrameFacts
    ) {
        scan.read(contents, payload)
        let head = scan.head
        guard head.id != 0, head.traceHigh | head.traceLow != 0 else { return }
        var span = SettleSpan()
        (span.sequence, span.item, span.arrival) = (frame.sequence, item, frame.arrival)
        (span.id, span.parent, span.start, span.end) = (head.id, head.parent, head.start, head.end)
        if head.status == 2 { span.flags.insert(.isError) }
        if head.status == 1 { span.flags.insert(.isOK) }
        let key = SettleTraceKey(tenant: frame.tenant, high: head.traceHigh, low: head.traceLow)
        var conditions = resource.conditions
        if !sampledKeys.isEmpty { conditions |= self.conditions(AttributeList(of: contents, field: 9), payload) }
        if frame.isSettledElsewhere { span.flags.insert(.settledElsewhere) }
        // A span that says nothing of what agents do.
        if scan.known.isEmpty {
            span.identity = resource.identity
            take(span, of: key, isAgent: false, conditions, frame)
            return
        }
        var identity = SettleIdentity()
        var hasIdentity = false
        var operation: Operation?
        var found = SpanWords()
        for attribute in scan.known {
            read(
                SettleKey.byPlace[attribute.key],
                attribute.value(payload),
                payload,
                &span,
                &identity,
                &hasIdentity,
                &operation,
                &found
            )
        }
        if operation != nil || found.step != nil { span.kind = Self.kind(operation, found.step) }
        if span.kind == .other, span.httpStatus > 0 || found.hasMethod, head.kind == 3 {
            span.kind = .http
        }
        switch span.kind {
        case .model:
            span.name = found.model
            span.reference = found.response
        case .tool:
            span.name = found.tool
            span.reference = found.toolCall
        default: break
        }
        // A handed-over request is seen as such wherever the dialect has put the two names.
        if found.isHandoff, span.kind == .step || span.kind == .other { span.kind = .handoff }
        if !frame.isDerived { span.flags.remove(.isSynthetic) }
        if !hasIdentity {
            span.identity = resource.identity
        } else {
            if identity[.environment] == 0 { identity[.environment] = resource.environment }
            span.identity = identities.number(identity)
        }
        take(span, of: key, isAgent: found.isAgent, conditions, frame)
    }

    /// What a span says that is not kept as it is.
    struct SpanWords {
        var step: String?
        var model: UInt32 = 0
        var response: UInt64 = 0
        var tool: UInt32 = 0
        var toolCall: UInt64 = 0
        var hasMethod = false
        var isHandoff = false
        var isAgent = false
    }

    private mutating func read(
        _ key: SettleKey,
        _ value: ValueView,
        _ payload: [UInt8],
        _ span: inout SettleSpan,
        _ identity: inout SettleIdentity,
        _ hasIdentity: inout Bool,
        _ operation: inout Operation?,
        _ found: inout SpanWords
    ) {
        switch (key, value) {
        case (.operation, .string(let range)):
            operation = Operation(named: payload, range)
            found.isAgent = true
        case (.stepType, .string(let range)):
            found.step = payload.text(range)
            found.isAgent = true
        case (.dialect, .string): found.isAgent = true
        case (.requestModel, .string(let range)): found.model = texts.number(payload, range)
        case (.responseModel, .string(let range)):
            if found.model == 0 { found.model = texts.number(payload, range) }
        case (.responseID, .string(let range)):
            found.response = hash(payload, range)
            span.detail &+= 1
        case (.toolCallID, .string(let range)):
            found.toolCall = hash(payload, range)
            span.detail &+= 1
        case (.toolName, .string(let range)):
            found.tool = texts.number(payload, Self.plainName(payload, range))
        case (.toolArguments, _), (.toolResult, _), (.usageRule, _): span.detail &+= 1
        case (.callHash, .string(let range)):
            span.call = hash(payload, range)
            span.detail &+= 1
        case (.input, .int(let count)):
            span.input = UInt32(clamping: count)
            span.detail &+= 1
        case (.output, .int(let count)):
            span.output = UInt32(clamping: count)
            span.detail &+= 1
        case (.cacheRead, _), (.cacheWrite, _), (.reasoning, _): span.detail &+= 1
        case (.rollup, .bool(true)): span.flags.insert(.saysRollup)
        case (.cost, .double(let cost)) where cost.isFinite:
            span.cost = cost
            span.flags.insert(.hasCost)
        case (.cost, .int(let cost)):
            span.cost = Double(cost)
            span.flags.insert(.hasCost)
        case (.currency, .string(let range)):
            if !payload.holds("USD", at: range) { span.flags.insert(.isForeignMoney) }
        case (.failureCategory, .string(let range)): span.failureCategory = texts.number(payload, range)
        case (.failureCode, .string(let range)): span.failureCode = texts.number(payload, range)
        case (.outcome, .string(let range)):
            span.flags.insert(.hasOutcome)
            if payload.holds("abandoned", at: range) { span.flags.insert(.isAbandoned) }
            if payload.holds("failure", at: range) { span.flags.insert(.hasFailed) }
            found.isAgent = true
        case (.retryCount, .int(let count)): span.retries = UInt16(clamping: count)
        case (.retryAttempt, _): span.flags.insert(.hasAttempt)
        case (.exhausted, .bool(true)): span.flags.insert(.isExhausted)
        case (.status, .int(let status)), (.formerStatus, .int(let status)):
            span.httpStatus = UInt16(clamping: status)
        case (.method, _), (.formerMethod, _): found.hasMethod = true
        case (.inputMessages, _): span.flags.insert(.hasInput)
        case (.outputMessages, _): span.flags.insert(.hasOutput)
        case (.instructions, _): span.flags.insert(.hasInstructions)
        case (.mcpMethod, _): span.flags.insert(.isMCP)
        case (.synthetic, .bool(true)): span.flags.insert(.isSynthetic)
        case (.handoffFrom, _), (.handoffTo, _): found.isHandoff = true
        case (_, .string(let range)):
            guard !range.isEmpty, let field = Self.identityFields[key.rawValue] else { return }
            identity[field] = texts.number(payload, range)
            hasIdentity = true
        default: break
        }
    }

    /// By the place of the key.
    private static let identityFields: [SettleIdentity.Field?] = SettleKey.allCases.map { key in
        SettleIdentity.Field.allCases.first { $0.key == key.key }
    }

    /// A tool's name without the server that a client puts before it.
    private static func plainName(_ payload: [UInt8], _ range: Range<Int>) -> Range<Int> {
        let prefix = Array("mcp__".utf8)
        guard range.count > prefix.count, payload[range].starts(with: prefix) else { return range }
        var position = range.upperBound - 2
        while position > range.lowerBound + 3 {
            if payload[position] == UInt8(ascii: "_"), payload[position + 1] == UInt8(ascii: "_") {
                return position + 2..<range.upperBound
            }
            position -= 1
        }
        return range
    }

    private static func kind(_ operation: Operation?, _ step: String?) -> SettleSpan.Kind {
        switch operation {
        case .chat, .textCompletion, .generateContent, .embeddings, .rerank: return .model
        case .executeTool: return .tool
        case .invokeAgent, .invokeWorkflow: return .agent
        case .retrieval: return .retrieval
        case .guardrail: return .guardrail
        case .handoff: return .handoff
        case .wait: return .wait
        default: break
        }
        switch step {
        case "model_call", "embedding", "rerank": return .model
        case "tool_call": return .tool
        case "retrieval": return .retrieval
        case "guardrail": return .guardrail
        case "handoff": return .handoff
        case "wait": return .wait
        default: return .step
        }
    }

    func hash(_ payload: [UInt8], _ range: Range<Int>) -> UInt64 {
        range.isEmpty ? 0 : KeyedHash.of(payload, range, 0x7365_7474_6C65, 0x7265_6665_7265_6E63) | 1
    }

    // MARK: Log records

    /// Reads the log records of a frame: those that say something about a span wait for it, the others are settled as they are.
    mutating func readLogs(_ payload: [UInt8], _ frame: FrameFacts) {
        var item: UInt32 = 0
        for resource in RequestView(payload, signal: .logs).resourceEntries {
            let resourceConditions = sampledKeys.isEmpty ? 0 : conditions(resource.attributes, payload)
            for scope in resource.scopeEntries(payload) {
                var fields = FieldReader(scope.contents)
                while let field = fields.next(payload) {
                    guard field.number == 2, field.type == .lengthDelimited else { continue }
                    readLog(field.contents, payload, item, resourceConditions, frame)
                    item += 1
                }
            }
        }
    }

    private mutating func readLog(
        _ contents: Range<Int>,
        _ payload: [UInt8],
        _ item: UInt32,
        _ resourceConditions: UInt64,
        _ frame: FrameFacts
    ) {
        var log = SettleLog(
            sequence: frame.sequence,
            item: item,
            arrival: frame.arrival,
            span: 0,
            reference: 0,
            time: 0
        )
        var trace: TraceID?
        var eventName = 0..<0
        var isUnderstood = false
        var conditions = resourceConditions
        let index = SettleKey.index
        var fields = FieldReader(contents)
        while let field = fields.next(payload) {
            switch (field.number, field.type) {
            case (1, .fixed64): if field.value > 0 { log.time = field.value }
            // When it was seen, where nobody says when it was.
            case (11, .fixed64): if log.time == 0 { log.time = field.value }
            case (9, .lengthDelimited): trace = payload.traceID(field.contents)
            case (10, .lengthDelimited): log.span = payload.spanID(field.contents)?.value ?? 0
            case (12, .lengthDelimited): if !field.contents.isEmpty { eventName = field.contents }
            case (6, .lengthDelimited):
                var list = AttributeList(of: field.range, field: 6)
                guard let attribute = list.next(payload) else { continue }
                if !sampledKeys.isEmpty { conditions |= self.conditions(attribute, payload) }
                let place = index.find(attribute.key, payload)
                if place >= 0 {
                    if SettleKey.byPlace[place] == .dialect { isUnderstood = true }
                    if SettleKey.byPlace[place] == .eventName, case .string(let range) = attribute.value,
                        eventName.isEmpty
                    {
                        eventName = range
                    }
                }
                read(attribute, place, payload, &log)
            default: break
            }
        }
        guard let trace else { return }
        let key = SettleTraceKey(tenant: frame.tenant, high: trace.high, low: trace.low)
        let isJoined = isUnderstood && !frame.isSettledElsewhere && Self.isAboutSpan(payload, eventName)
        // Otherwise only sampling has to know it.
        if !isJoined, options.sampled == nil { return }
        if !isJoined {
            log = SettleLog(
                sequence: log.sequence,
                item: item,
                arrival: log.arrival,
                span: 0,
                reference: 0,
                time: log.time
            )
        }
        take(log, of: key, isAgent: isJoined, conditions, frame)
    }

    /// Events that are parts of a span by another way: messages, details of the operation, and what Claude Code knows of a request.
    private static func isAboutSpan(_ payload: [UInt8], _ name: Range<Int>) -> Bool {
        let names = [
            "gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message",
            "gen_ai.tool.message", "gen_ai.choice",
            "gen_ai.client.inference.operation.details", "api_request", "assistant_response",
            "api_request_body", "api_response_body",
            "claude_code.api_request", "claude_code.assistant_response", "claude_code.api_request_body",
            "claude_code.api_response_body",
        ]
        return names.contains { payload.holds($0, at: name) }
    }

    private func read(
        _ attribute: AttributeView,
        _ place: Int,
        _ payload: [UInt8],
        _ log: inout SettleLog
    ) {
        let key = place >= 0 ? SettleKey.byPlace[place] : nil
        switch (key, attribute.value) {
        case (.responseID, .string(let range)): log.reference = hash(payload, range)
        case (.inputMessages, .string(let range)): log.input = Self.elements(payload, range)
        case (.outputMessages, .string(let range)): log.output = Self.elements(payload, range)
        case (.instructions, .string(let range)): log.instructions = Self.elements(payload, range)
        case (.cost, .double(let cost)):
            log.cost = cost
            Self.copy(attribute, payload, to: &log.money)
        case (.currency, .string(let range)):
            log.isForeignMoney = !payload.holds("USD", at: range)
            Self.copy(attribute, payload, to: &log.money)
        case (.input, .int(let count)):
            log.inputTokens = UInt32(clamping: count)
            Self.copy(attribute, payload, to: &log.usage)
        case (.output, .int(let count)):
            log.outputTokens = UInt32(clamping: count)
            Self.copy(attribute, payload, to: &log.usage)
        case (.cacheRead, _), (.cacheWrite, _), (.reasoning, _), (.usageRule, _):
            Self.copy(attribute, payload, to: &log.usage)
        default:
            if payload[attribute.key].starts(with: Self.moneyPrefix) {
                Self.copy(attribute, payload, to: &log.money)
            } else if payload.holds("gen_ai.tool.definitions", at: attribute.key) {
                Self.copy(attribute, payload, to: &log.others)
            }
        }
    }

    private static let moneyPrefix = Array("causeway.cost.".utf8)

    private static func copy(_ attribute: AttributeView, _ payload: [UInt8], to fields: inout [UInt8]) {
        var writer = WireWriter()
        writer.field(9, attribute.contents, of: payload)
        fields += writer.bytes
    }

    /// What stands between the brackets of a JSON list; nothing where it is none.
    private static func elements(_ payload: [UInt8], _ range: Range<Int>) -> [UInt8] {
        guard range.count > 2, payload[range.lowerBound] == UInt8(ascii: "["),
            payload[range.upperBound - 1] == UInt8(ascii: "]")
        else {
            return []
        }
        return [UInt8](payload[range.lowerBound + 1..<range.upperBound - 1])
    }
}
