internal import CausewayModel
internal import CausewayOTLP

/// One pass over a frame: which series its items change, and how.
struct Measuring {
    let payload: [UInt8]
    let now: UInt64
    var series: TenantSeries
    var item: MeasuredItem
    var scratch: [UInt8]
    private var source = 0
    private var suppressed: UInt32 = 0
    /// The slots whose metrics these are.
    private var suppressedSlots: UInt64 = 0
    private var environment: ValueView?
    private var exemplar: PointExemplar?
    private let tenantName: [UInt8]
    /// Which attributes the item has, by their bits.
    private var present: UInt64 = 0
    /// What the span before was an operation of, by the name that stood there.
    private var lastOperation: Operation?
    private var lastShape: LastShape?

    /// The shape of the span before.
    private struct LastShape {
        let attributes: UInt64
        let shape: Int
        /// The series' own, when it was found.
        let generation: Int
    }

    init(payload: [UInt8], now: UInt64, series: TenantSeries, item: MeasuredItem, scratch: [UInt8]) {
        (self.payload, self.now, self.series, self.item, self.scratch) = (payload, now, series, item, scratch)
        self.item.begin()
        tenantName = Array(series.name.utf8.prefix(MeasuredItem.maxTextBytes))
    }

    /// `isLenient`: what a source sends itself is derived all the same.
    mutating func begin(_ resource: ResourceEntryView, isLenient: Bool) {
        item.begin()
        lastShape = nil
        item.read(resource.attributes, payload)
        environment = item[.environment] ?? item.value(.formerEnvironment)
        var writer = WireWriter()
        for key in Self.identity {
            guard case .string(let range)? = resource.attributes.value(key, payload), !range.isEmpty else { continue }
            writer.attribute(1, Array(key.utf8), text: MeasuredItem.shortened(range, payload), of: payload)
        }
        if case .string(let range)? = environment, !range.isEmpty {
            writer.attribute(
                1,
                MetricAttribute.keyBytes[Int(MetricAttribute.environment.rawValue)],
                text: MeasuredItem.shortened(range, payload),
                of: payload
            )
        }
        source = series.source(writer.bytes)
        (suppressed, suppressedSlots) = (0, 0)
        guard !isLenient else { return }
        for (metric, time) in series.sources[source].ownMetrics.enumerated()
        where time > 0 && now < time + Measurements.ownMetricNanoseconds { suppressed |= 1 << UInt32(metric) }
        guard suppressed != 0 else { return }
        for (slot, metric) in TenantSeries.Slot.metrics.enumerated() where suppressed & 1 << UInt32(metric.rawValue) != 0 {
            suppressedSlots |= 1 << UInt64(slot)
        }
    }

    private static let identity = ["service.namespace", "service.name"]

    // MARK: What sources send themselves

    mutating func metrics(in scope: ScopeEntryView) {
        // Another bridge's: of what it has measured nothing is measured here.
        if payload.holds(DerivedMetric.scope, at: scope.name) { return }
        for metric in scope.metrics(payload) {
            guard let own = Self.own[payload.text(metric.name)] else { continue }
            for metric in own { series.sources[source].ownMetrics[Int(metric.rawValue)] = now }
        }
    }

    /// What makes which derived metric needless, in all generations of the conventions' names.
    private static let own: [String: [DerivedMetric]] = {
        var own: [String: [DerivedMetric]] = [
            "gen_ai.client.token.usage": [.tokens, .callTokens],
            "gen_ai.client.inference.usage.input_tokens": [.tokens, .callTokens],
            "gen_ai.client.inference.usage.output_tokens": [.tokens, .callTokens],
            "gen_ai.client.inference.operation.input_tokens": [.tokens, .callTokens],
            "gen_ai.client.inference.operation.output_tokens": [.tokens, .callTokens],
            "gen_ai.client.inference.duration": [.operationDuration],
            "gen_ai.client.inference.time_to_first_chunk": [.timeToFirstChunk],
            "gen_ai.server.time_to_first_token": [.timeToFirstChunk],
            "gen_ai.workflow.duration": [.workflowDuration],
        ]
        for metric in DerivedMetric.allCases { own[metric.name, default: []].append(metric) }
        return own
    }()

    // MARK: Spans

    mutating func spans(in scope: ScopeEntryView) {
        var fields = FieldReader(scope.contents)
        while let field = fields.next(payload) {
            // One without contents was removed.
            guard field.number == 2, field.type == .lengthDelimited, !field.contents.isEmpty else { continue }
            measure(item.read(span: field.contents, payload))
        }
    }

    /// Takes note of roots that were made in place of real ones, and measured before.
    mutating func syntheticRoots(in scope: ScopeEntryView) {
        var fields = FieldReader(scope.contents)
        while let field = fields.next(payload) {
            guard field.number == 2, field.type == .lengthDelimited, !field.contents.isEmpty else { continue }
            let span = item.read(span: field.contents, payload)
            if item.isTrue(.synthetic), let trace = span.traceID { series.closed.insert(trace) }
        }
    }

    @inline(__always)
    private func has(_ attribute: MetricAttribute) -> Bool { present & 1 << UInt64(attribute.rawValue) != 0 }

    @inline(__always)
    private func has(_ number: MeasuredItem.Number) -> Bool { present & 1 << UInt64(number.rawValue) != 0 }

    /// A number that is not negative.
    @inline(__always)
    private func number(_ number: MeasuredItem.Number) -> Double? { has(number) ? item.number(number) : nil }

    @inline(__always)
    private func isTrue(_ number: MeasuredItem.Number) -> Bool { has(number) && item.isTrue(number) }

    private mutating func measure(_ span: SpanHead) {
        present = item.present
        // A second sight of something that counts elsewhere.
        if has(.duplicateOf) || isTrue(.redelivered) { return }
        if !has(.environment), let environment { item[.environment] = environment }
        if !has(.provider), has(.formerProvider), let former = item.value(.formerProvider) { item[.provider] = former }
        present = item.present
        let operation = operation()
        let isRoot = has(.requestSteps) || (has(.outcome) && span.parent == 0)
        guard operation != nil || isRoot || present & Self.tellingBits != 0 || span.eventCount > 0 else { return }

        let seconds = span.end > span.start ? Double(span.end - span.start) / 1e9 : 0
        exemplar = span.traceID.map {
            PointExemplar(traceID: $0, spanID: SpanID(span.id), timeNanoseconds: max(span.start, span.end), value: 1)
        }
        // The request that a root in its place has ended already is counted; its notes say so, unless settling knew of it no more.
        let isCounted = isTrue(.requestCounted) || isRoot && series.closed.contains(span.traceID)
        if isRoot, isTrue(.synthetic), let trace = span.traceID { series.closed.insert(trace) }
        let shape = shape(isRoot: isRoot)
        let isRollup = isTrue(.rollup)

        if let operation {
            if operation.countsUsage || operation == .fetchResponse {
                if !isRollup { call(shape, operation, seconds) }
            } else {
                switch operation {
                case .invokeAgent, .createAgent:
                    // One that came after all: the root that was made in its place was counted.
                    if isCounted { break }
                    if operation == .invokeAgent { record(.agentDuration, shape, seconds) }
                    if let calls = number(.agentModelCalls) { record(.agentInferenceCalls, shape, calls) }
                    if let calls = number(.agentToolCalls) { record(.agentToolCalls, shape, calls) }
                case .invokeWorkflow: record(.workflowDuration, shape, seconds)
                case .executeTool:
                    record(.toolDuration, shape, seconds)
                    let hasFailed = span.status == 2 || has(.failureCode) || has(.errorType)
                    count(hasFailed ? .failedToolCalls : .toolCalls, shape)
                default: if operation.name != nil, !isRollup { record(.operationDuration, shape, seconds) }
                }
            }
        }
        if has(.stepType) { record(.stepDuration, shape, seconds) }
        // What an agent says it has cost is the sum of what lies below it, marked or not.
        let isLeaf = operation.map { $0.countsUsage || $0 == .executeTool || $0 == .retrieval } ?? !isRoot
        if isLeaf, !isRollup, isInDollars, let cost = number(.costTotal) ?? number(.costTool), cost > 0 { spend(cost, shape) }
        if has(.failureCode) { fail(shape) }
        if span.eventCount > 0 || has(.retryCount) || has(.retryAttempt) { retries(span, shape) }
        if isRoot, !isCounted { end(shape, seconds) }
    }

    /// What says, without an operation, that there is something to measure.
    private static let tellingBits: UInt64 =
        1 << UInt64(MetricAttribute.stepType.rawValue) | 1 << UInt64(MetricAttribute.failureCode.rawValue)
        | 1 << UInt64(MeasuredItem.Number.costTotal.rawValue)

    private mutating func operation() -> Operation? {
        guard has(.operation) else { return nil }
        // Mostly the same as that of the span before.
        if item.changed & 1 << UInt64(MetricAttribute.operation.rawValue) == 0, lastShape != nil { return lastOperation }
        guard case .string(let range)? = item[.operation] else {
            lastOperation = nil
            return nil
        }
        lastOperation = Operation(named: payload, range)
        return lastOperation
    }

    /// Nothing else than dollars is added up.
    private var isInDollars: Bool {
        guard has(.costCurrency), case .string(let range)? = item.value(.costCurrency) else { return true }
        return payload.holds("USD", at: range)
    }

    /// A call of a model, and nothing that only sums up calls.
    private mutating func call(_ shape: Int, _ operation: Operation, _ seconds: Double) {
        record(.operationDuration, shape, seconds)
        if let wait = number(.timeToFirstChunk) { record(.timeToFirstChunk, shape, wait) }
        guard operation.countsUsage else { return }
        let (input, output) = (number(.inputTokens), number(.outputTokens))
        if let input {
            record(.inputTokens, shape, input)
            tokens(.inputCount, shape, input, Self.inputParts)
        }
        if let output {
            record(.outputTokens, shape, output)
            tokens(.outputCount, shape, output, Self.outputParts)
        }
        if let read = number(.cacheReadTokens) { tokens(.cacheReadCount, shape, read, []) }
        if let written = number(.cacheCreationTokens) ?? number(.cacheWriteTokens) { tokens(.cacheWriteCount, shape, written, []) }
        if let reasoning = number(.reasoningTokens) { tokens(.reasoningCount, shape, reasoning, []) }
        if (input ?? 0) + (output ?? 0) > 0, !has(.costTotal) { count(.unpricedCalls, shape) }
    }

    private typealias Part = (number: MeasuredItem.Number, modality: String)

    private static let inputParts: [Part] = [(.textInput, "text"), (.imageInput, "image"), (.audioInput, "audio")]
    private static let outputParts: [Part] = [(.textOutput, "text"), (.imageOutput, "image"), (.audioOutput, "audio")]
    private static let partBits = (inputParts + outputParts).reduce(0 as UInt64) { $0 | 1 << UInt64($1.number.rawValue) }

    /// Tokens of one kind; what they stand for as far as that is said, and as far as it is part of the whole.
    private mutating func tokens(_ slot: TenantSeries.Slot, _ shape: Int, _ whole: Double, _ parts: @autoclosure () -> [Part]) {
        guard whole > 0 else { return }
        var left = UInt64(min(whole.rounded(), 1e15))
        if present & Self.partBits != 0 {
            for (part, modality) in parts() {
                guard let tokens = number(part), tokens > 0, left > 0 else { continue }
                let counted = min(UInt64(min(tokens, 1e15)), left)
                left -= counted
                let type = TenantSeries.Slot.meanings[slot.rawValue].attributes[0].1
                if let index = find(.tokens, [(.tokenType, type), (.modality, modality)]) { series.count(counted, index, exemplar, now) }
            }
        }
        guard left > 0, let index = series(slot, shape) else { return }
        series.count(left, index, exemplar, now)
    }

    private mutating func fail(_ shape: Int) {
        count(.failures, shape)
        if case .string(let code)? = item[.failureCode], payload[code].suffix(7).elementsEqual("timeout".utf8) { count(.timeouts, shape) }
    }

    private mutating func retries(_ span: SpanHead, _ shape: Int) {
        var seen: UInt64 = 0
        for event in span.events(payload) {
            if payload.holds("causeway.retry", at: event.name) {
                seen += 1
                // One more than the count says is not counted again.
                if let count = item.number(.retryCount), Double(seen) > count { continue }
                if item.has(.retryAttempt), seen > 1 { continue }
                countEvent(.retries, event, [.retryReason])
            } else if payload.holds("causeway.fallback", at: event.name) {
                countEvent(.fallbacks, event, [.fallbackReason])
            } else if payload.holds("causeway.feedback", at: event.name) {
                countEvent(.feedback, event, [.feedbackKind, .feedbackLabel])
            }
        }
        // Tries of which no event speaks.
        if let count = item.number(.retryCount), count > Double(seen) {
            guard let index = series(.retries, shape) else { return }
            series.count(UInt64(min(count - Double(seen), 1e9)), index, exemplar, now)
        } else if seen == 0, let attempt = item.number(.retryAttempt), attempt > 1 {
            count(.retries, shape)
        }
    }

    /// Counts an event of a span, which says some of the attributes itself.
    private mutating func countEvent(_ metric: DerivedMetric, _ event: EventView, _ attributes: [MetricAttribute]) {
        let outer = item
        for attribute in attributes {
            if let value = event.attributes.value(attribute.key, payload) { item[attribute] = value }
        }
        if let index = find(metric, []) { series.count(1, index, exemplar, now) }
        item = outer
    }

    private mutating func end(_ shape: Int, _ seconds: Double) {
        count(.requests, shape)
        record(.requestDuration, shape, seconds)
        if let steps = item.number(.requestSteps) { record(.requestSteps, shape, steps) }
        guard seconds > 0 else { return }
        for (slot, time) in Self.shares {
            if let milliseconds = item.number(time) { record(slot, shape, min(milliseconds / 1000 / seconds, 1)) }
        }
    }

    private static let shares: [(TenantSeries.Slot, MeasuredItem.Number)] = [
        (.modelShare, .modelTime), (.toolShare, .toolTime), (.retrievalShare, .retrievalTime), (.guardrailShare, .guardrailTime),
        (.backoffShare, .backoffTime), (.idleShare, .idleTime),
    ]

    // MARK: Log records

    mutating func logRecords(in scope: ScopeEntryView) {
        for record in scope.logRecords(payload) {
            item.begin()
            item.read(record.attributes, payload)
            guard item.has(.feedbackKind), !item.isTrue(.redelivered), !item.has(.duplicateOf) else { continue }
            exemplar = record.traceID.map {
                PointExemplar(traceID: $0, spanID: record.spanID, timeNanoseconds: record.timeNanoseconds, value: 1)
            }
            if let index = find(.feedback, []) { series.count(1, index, exemplar, now) }
        }
    }

    // MARK: Series

    /// The shape of what the item's attributes say.
    private mutating func shape(isRoot: Bool) -> Int {
        var bits = item.present & UInt64(series.allowed.rawValue) & Self.shapeBits
        if !isRoot { bits &= ~Self.outcomeBit }
        if let last = lastShape, last.attributes == bits, item.changed & bits == 0, last.generation == series.shapeGeneration {
            return last.shape
        }
        let found = found(bits)
        lastShape = LastShape(attributes: bits, shape: found, generation: series.shapeGeneration)
        item.clearChanged()
        return found
    }

    /// The shape of what these of the item's attributes say, by their bits.
    private mutating func found(_ bits: UInt64) -> Int {
        if let known = series.recentShape(source, bits, where: { item.holds(bits, in: $0, from: 4, payload) }) {
            return known
        }
        scratch.removeAll(keepingCapacity: true)
        for place in 0..<4 { scratch.append(UInt8(truncatingIfNeeded: source >> (place * 8))) }
        var rest = bits
        while rest != 0 {
            item.append(rest.trailingZeroBitCount, to: &scratch, payload)
            rest &= rest - 1
        }
        return series.shape(scratch, source, bits)
    }

    private static let outcomeBit: UInt64 = 1 << UInt64(MetricAttribute.outcome.rawValue)

    private static let shapeBits: UInt64 = MetricAttribute.allCases.reduce(0) { bits, attribute in
        switch attribute {
        case .tokenType, .modality, .timeKind, .fallbackReason, .feedbackKind, .feedbackLabel: bits
        default: bits | 1 << UInt64(attribute.rawValue)
        }
    }

    @inline(__always)
    private mutating func record(_ slot: TenantSeries.Slot, _ shape: Int, _ value: Double) {
        guard let index = series(slot, shape) else { return }
        series.record(value, index, exemplar, now)
    }

    @inline(__always)
    private mutating func count(_ slot: TenantSeries.Slot, _ shape: Int) {
        guard let index = series(slot, shape) else { return }
        series.count(1, index, exemplar, now)
    }

    private mutating func spend(_ dollars: Double, _ shape: Int) {
        guard let index = series(.cost, shape) else { return }
        series.spend(dollars, index, exemplar, now)
    }

    /// Nil for a metric that the source sends itself.
    @inline(__always)
    private mutating func series(_ slot: TenantSeries.Slot, _ shape: Int) -> Int? {
        let known = series.series(shape, slot)
        if known >= 0, suppressedSlots & 1 << UInt64(slot.rawValue) == 0 { return known }
        let (metric, attributes) = TenantSeries.Slot.meanings[slot.rawValue]
        guard let index = find(metric, attributes) else { return nil }
        series.set(index, shape, slot)
        return index
    }

    /// The series that the item's attributes and these others name.
    private mutating func find(_ metric: DerivedMetric, _ others: [(MetricAttribute, String)]) -> Int? {
        if suppressed & 1 << UInt32(metric.rawValue) != 0 { return nil }
        var writer = WireWriter()
        let field = metric.attributesField
        for attribute in metric.attributes where series.allowed.contains(attribute) {
            if let other = others.first(where: { $0.0 == attribute }) {
                writer.attribute(field, MetricAttribute.keyBytes[Int(attribute.rawValue)], text: Array(other.1.utf8))
            } else if attribute == .tenant, !tenantName.isEmpty {
                writer.attribute(field, MetricAttribute.keyBytes[Int(attribute.rawValue)], text: tenantName)
            } else {
                item.write(attribute, field: field, to: &writer, payload)
            }
        }
        return series.series(metric, source, writer.bytes, now)
    }
}
