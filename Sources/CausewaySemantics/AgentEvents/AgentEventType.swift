/// What a line of agent events tells of.
package enum AgentEventType: String, CaseIterable, Sendable {
    case request, step
    case modelCall = "model_call"
    case toolCall = "tool_call"
    case retrieval, embedding, rerank, guardrail, validation, evaluation, handoff, memory
    case retry, fallback, timeout, failure
    case rateLimit = "rate_limit"
    case state, check
    case feedback, log, scaling

    /// What a line of the type becomes.
    package enum Shape: Sendable {
        /// A span of its own, in one line or in several with phases.
        case span
        /// An event on the span whose id the line has.
        case spanEvent
        /// A log record on the trace, or on the span whose id the line has.
        case logRecord
    }

    package var shape: Shape {
        switch self {
        case .request, .step, .modelCall, .toolCall, .retrieval, .embedding, .rerank, .guardrail, .validation, .evaluation, .handoff,
            .memory:
            .span
        case .retry, .fallback, .timeout, .failure, .rateLimit, .state, .check: .spanEvent
        case .feedback, .log, .scaling: .logRecord
        }
    }

    /// What a span of the type does.
    var operation: Operation? {
        switch self {
        case .request: .invokeAgent
        case .step: .step
        case .modelCall: .chat
        case .toolCall: .executeTool
        case .retrieval: .retrieval
        case .embedding: .embeddings
        case .rerank: .rerank
        case .guardrail: .guardrail
        case .validation: .validation
        case .evaluation: .evaluation
        case .handoff: .handoff
        case .memory: .memory
        case .retry, .fallback, .timeout, .failure, .rateLimit, .state, .check, .feedback, .log, .scaling: nil
        }
    }

    /// What the span's name begins with; the subject follows.
    var nameStart: String { operation?.name ?? rawValue }

    /// OTLP's number of the span's kind: what leaves the process is a client's.
    var kindNumber: Int64 {
        switch self {
        case .modelCall, .embedding, .retrieval, .rerank: 3
        default: 1
        }
    }

    /// The name of the event on a span, or of the log record.
    var eventName: String {
        switch self {
        case .retry: "causeway.retry"
        case .fallback: "causeway.fallback"
        case .timeout: "causeway.timeout"
        case .failure: "causeway.failure"
        case .rateLimit: "causeway.rate_limit"
        case .state: "causeway.state"
        case .check: "causeway.check"
        case .feedback: "causeway.feedback"
        case .scaling: "causeway.scaling"
        case .evaluation: "gen_ai.evaluation.result"
        case .validation: "causeway.validation"
        case .request, .step, .modelCall, .toolCall, .retrieval, .embedding, .rerank, .guardrail, .handoff, .memory, .log: ""
        }
    }

    var summary: String {
        switch self {
        case .request: "One thing that was asked of an agent, from the question to the answer: the root of its trace."
        case .step: "A piece of the agent's own work: planning, choosing, reflecting."
        case .modelCall: "A call of a language model."
        case .toolCall: "A call of a tool."
        case .retrieval: "Documents looked up for a question."
        case .embedding: "Texts turned into vectors."
        case .rerank: "Documents put in a better order."
        case .guardrail: "A check that may stop what goes in or comes out."
        case .validation: "An answer held against a schema."
        case .evaluation:
            "A score of what was done. Without an id of its own it is a result on the span parent_id, also long after that ended."
        case .handoff: "Work passed on to another agent."
        case .memory: "Something remembered or recalled."
        case .retry: "The span's call is tried again."
        case .fallback: "Something else is used instead."
        case .timeout: "The span's call took too long."
        case .failure: "Something went wrong on the span, which may go on all the same."
        case .rateLimit: "What is left of a rate limit."
        case .state: "The agent's variables at one moment."
        case .check: "A fact, a plan or an answer looked over."
        case .feedback: "What a person thinks of it, or does about it; may come days later."
        case .log: "A line of a log that belongs to the trace."
        case .scaling: "The number of workers behind the agent changes."
        }
    }
}
