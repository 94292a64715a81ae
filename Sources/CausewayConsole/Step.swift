package import CausewayModel
package import CausewayOTLP

/// A span as a step of an agent's run: what a reader of the run needs of it, and nothing of its content.
///
/// All text is as the sender wrote it; whoever prints it makes it harmless first.
package struct Step: Sendable {
    package let traceID: TraceID
    package let spanID: SpanID
    package let parentSpanID: SpanID?
    package let name: String
    package let startNanoseconds: UInt64
    package let endNanoseconds: UInt64
    package private(set) var kind = StepKind.step
    /// The model that answered, else the one that was asked for.
    package private(set) var model: String?
    package private(set) var inputTokens: Int64?
    package private(set) var outputTokens: Int64?
    package private(set) var cost: Double?
    package private(set) var costCurrency: String?
    package private(set) var failure: Failure?
    /// Which attempt of one call this is, counted from 1.
    package private(set) var attempt: Int64?
    /// How often it was tried again inside this span.
    package private(set) var retries: Int64?
    package private(set) var retriesExhausted = false
    package private(set) var outcome: String?
    /// A second sight of something that counts elsewhere, or a sum of what is below.
    package private(set) var isCountedElsewhere = false
    /// Made in the place of a span that had not come.
    package private(set) var isSynthetic = false
    /// How often the span arrived.
    package internal(set) var sightings = 1

    /// Why a step failed.
    package struct Failure: Hashable, Sendable {
        package let type: String?
        package let message: String
    }

    /// Nil for a span without ids, which belongs to no trace.
    package init?(_ span: SpanView, in payload: [UInt8]) {
        guard let traceID = span.traceID, let spanID = span.spanID else { return nil }
        self.traceID = traceID
        self.spanID = spanID
        parentSpanID = span.parentSpanID
        name = payload.text(span.name)
        startNanoseconds = span.startNanoseconds
        endNanoseconds = span.endNanoseconds
        var notes = Notes()
        var attributes = span.attributes
        while let attribute = attributes.next(payload) { read(attribute, in: payload, &notes) }
        kind = StepKind(operation: notes.operation, stepType: notes.stepType)
        model = notes.responseModel ?? notes.requestModel
        let isError = span.statusCode == 2
        if isError || notes.errorType != nil {
            failure = Failure(type: notes.errorType ?? notes.failureCode, message: isError ? payload.text(span.statusMessage) : "")
        }
    }

    /// What several attributes say together.
    private struct Notes {
        var operation, stepType, requestModel, responseModel, errorType, failureCode: String?
    }

    private mutating func read(_ attribute: AttributeView, in payload: [UInt8], _ notes: inout Notes) {
        let value = attribute.value
        // No key that matters here is longer.
        guard attribute.key.count <= 32 else { return }
        switch payload.text(attribute.key) {
        case "gen_ai.operation.name": notes.operation = value.string(payload)
        case "causeway.step.type": notes.stepType = value.string(payload)
        case "gen_ai.request.model": notes.requestModel = value.string(payload)
        case "gen_ai.response.model": notes.responseModel = value.string(payload)
        case "error.type": notes.errorType = value.string(payload)
        case "causeway.failure.code": notes.failureCode = value.string(payload)
        case "gen_ai.usage.input_tokens": inputTokens = value.integer
        case "gen_ai.usage.output_tokens": outputTokens = value.integer
        case "causeway.cost.total": cost = value.number
        case "causeway.cost.currency": costCurrency = value.string(payload)
        case "causeway.retry.attempt": attempt = value.integer
        case "causeway.retry.count": retries = value.integer
        case "causeway.retry.exhausted": retriesExhausted = value == .bool(true)
        case "causeway.outcome": outcome = value.string(payload)
        case "causeway.usage.rollup", "causeway.redelivered": if value == .bool(true) { isCountedElsewhere = true }
        case "causeway.duplicate_of": isCountedElsewhere = true
        case "causeway.synthetic": isSynthetic = value == .bool(true)
        default: break
        }
    }

    /// Nil when the end is missing or before the start.
    package var durationNanoseconds: UInt64? {
        endNanoseconds >= startNanoseconds && endNanoseconds > 0 ? endNanoseconds - startNanoseconds : nil
    }
}

extension ValueView {
    /// An integer, however the sender typed it.
    fileprivate var integer: Int64? {
        switch self {
        case .int(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    fileprivate var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value.isFinite ? value : nil
        default: nil
        }
    }
}
