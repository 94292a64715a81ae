/// Every member that a line of agent events may have, by type.
package enum AgentEventSchema {
    typealias Field = AgentEventField

    /// What may stand on a line of this type: its own members before the common ones.
    package static func fields(of type: AgentEventType) -> [AgentEventField] {
        let own = ownFields(of: type)
        let names = Set(own.map(\.name))
        return own + common(type.shape).filter { !names.contains($0.name) }
    }

    static let stepTypes = [
        "planning", "tool_selection", "tool_call", "model_call", "retrieval", "embedding", "rerank", "reflection", "validation",
        "guardrail", "evaluation", "handoff", "memory", "prompt", "parse", "wait", "step",
    ]
    static let outcomes = ["success", "partial", "failure", "abandoned"]
    static let linkKinds = ["depends_on", "retry_of", "fallback_of", "handoff"]
    static let timeoutSides = ["client", "server", "orchestrator"]
    static let retryStates = ["will_retry", "retried", "exhausted", "not_retryable"]
    static let checkKinds = ["fact", "feasibility", "compliance", "policy"]
    static let feedbackKinds = ["thumbs", "rating", "comment", "task_completed", "abandoned", "escalated", "edited", "retried_by_user"]
    static let isolationScopes = ["user", "conversation"]
    static let levels = ["trace", "debug", "info", "warn", "warning", "error", "fatal", "critical"]
    static let categories = ["model", "tool", "orchestration", "guardrail"]

    /// Which members a line must have beside `type`, given what else it has.
    static func required(of type: AgentEventType) -> [String] {
        switch type.shape {
        case .span: []
        case .spanEvent: ["trace_id", "id"]
        case .logRecord: type == .feedback ? ["trace_id"] : []
        }
    }

    private static func common(_ shape: AgentEventType.Shape) -> [Field] {
        let first: [Field] = [
            Field("type", .word(AgentEventType.allCases.map(\.rawValue)), .type, "What the line tells of.", "\"tool_call\""),
            Field(
                "trace_id",
                .id,
                .traceID,
                "The same for everything that belongs to one request; any text. Without it the line is a trace of its own.",
                "\"run-42\""
            ),
            Field("id", .id, .id, idSummary(shape), "\"call-1\""),
        ]
        let placed: [Field] = [
            Field("parent_id", .id, .parentID, "The id of the span that this one is part of; needs trace_id.", "\"run-42\""),
            Field("links", .listOfObjects(linkFields), .links, "Other spans that this one has to do with.", linkExample),
            Field("name", .text, .name, "What people read; made from the type and its subject without it.", "\"look up the order\""),
            Field("start", .time, .start, "When it began. Without it: the end less duration_ms, else when the line came.", timeExample),
            Field("end", .time, .end, "When it ended. Without it: the start and duration_ms, else the start.", timeExample),
            Field("duration_ms", .duration, .duration, "How long it took, instead of one of the two.", "1250"),
            Field(
                "phase",
                .word(["start", "update", "end"]),
                .phase,
                "Without it the line is the whole span. With it the span is put together from lines with the same trace_id and id.",
                "\"start\""
            ),
            Field("status", .word(["ok", "partial", "failed"]), .status, "How it ended.", "\"ok\""),
            Field(
                "failure",
                .object(failureFields, short: "message", isOpen: false),
                .members,
                "What went wrong; makes the status failed if none is given.",
                "{\"category\": \"tool\", \"code\": \"timeout\", \"message\": \"no answer within 5 s\"}"
            ),
        ]
        let momentary: [Field] = [
            Field("time", .time, .time, "When it happened; without it: when the line came.", timeExample),
            Field("start", .time, .time, "The same as time.", timeExample),
        ]
        let named = Field("name", .text, .attribute("causeway.event.name"), "What people read.", "\"nightly\"")
        switch shape {
        case .span: return first + placed + identity + anything
        case .spanEvent: return first + momentary + [named] + identity + anything
        case .logRecord:
            return first
                + [Field("parent_id", .id, .parentID, "The span that the record is about, as id.", "\"call-1\"")]
                + momentary + [named] + identity + anything
        }
    }

    private static func idSummary(_ shape: AgentEventType.Shape) -> String {
        switch shape {
        case .span:
            "The span's id, any text. 16 (trace_id: 32) hexadecimal digits are used as they are; of anything else the first 8 (16) bytes "
                + "of its SHA-256 are the id, and the text is kept in causeway.source.id."
        case .spanEvent: "The id of the span on which this happened, open or ended."
        case .logRecord: "The id of the span that the record is about; without it: the trace as a whole."
        }
    }

    private static let timeExample = "\"2026-01-01T12:00:00.250Z\""
    private static let linkExample = "[{\"to\": \"call-1\", \"kind\": \"retry_of\"}]"

    static let linkFields: [Field] = [
        Field("to", .id, .linkTo, "The other span's id.", "\"call-1\""),
        Field("kind", .word(linkKinds), .linkKind, "What the other span is to this one.", "\"retry_of\""),
        Field("trace_id", .id, .linkTraceID, "The other span's trace, where it is another one.", "\"run-41\""),
    ]

    static let failureFields: [Field] = [
        Field("category", .word(categories), .failureCategory, "What failed.", "\"tool\""),
        Field(
            "code",
            .text,
            .failureCode,
            "A code of the category (docs/agent-events.md lists them), or custom.<name>. The category may stand before it: tool.timeout.",
            "\"timeout\""
        ),
        Field("message", .text, .failureMessage, "For people.", "\"no answer within 5 s\""),
        Field("type", .text, .failureType, "The exception's or the provider's name for it.", "\"TimeoutError\""),
        Field(
            "retry_state",
            .word(retryStates),
            "causeway.failure.retry_state",
            "What becomes of it.",
            "\"will_retry\""
        ),
        Field("fallback", .text, "causeway.failure.fallback", "What is used instead.", "\"search-eu\""),
    ]

    private static let identity: [Field] = [
        Field("tenant", .text, .tenant, "Whose it is.", "\"acme\""),
        Field("workspace", .text, .identity("causeway.workspace.id"), "Below the tenant.", "\"support\""),
        Field("user", .text, .identity("user.id"), "Who asked.", "\"u-17\""),
        Field("session", .text, .identity("gen_ai.conversation.id"), "The conversation.", "\"s-3\""),
        Field(
            "agent",
            .object(
                [
                    Field("name", .text, .agentName, "What the agent is called.", "\"support\""),
                    Field("id", .text, "gen_ai.agent.id", "Its stable id.", "\"agent-7\""),
                    Field("version", .text, "gen_ai.agent.version", "Its version.", "\"1.4.0\""),
                    Field("description", .text, "gen_ai.agent.description", "What it is for.", "\"answers questions about orders\""),
                ],
                short: "name",
                isOpen: false
            ),
            .members,
            "Who did it; a text is its name.",
            "{\"name\": \"support\", \"version\": \"1.4.0\"}"
        ),
        Field("config", .text, .identity("causeway.config.id"), "The configuration that was in force.", "\"c-12\""),
        Field("environment", .text, .resource("deployment.environment.name"), "Where it ran.", "\"production\""),
        Field("region", .text, .resource("cloud.region"), "The region it ran in.", "\"eu-west-1\""),
        Field("cluster", .text, .resource("k8s.cluster.name"), "The cluster it ran in.", "\"blue\""),
        Field("service", .text, .service, "service.name of the program; the agent's name without it.", "\"support-bot\""),
        Field("resource", .map, .resource, "More about where it ran: attributes of the resource.", "{\"host.name\": \"box-1\"}"),
        Field(
            "experiment",
            .object(
                [
                    Field("name", .text, .identity("causeway.experiment.name"), "What is tried.", "\"shorter-prompt\""),
                    Field("variant", .text, .identity("causeway.experiment.variant"), "Which arm.", "\"b\""),
                ],
                short: "name",
                isOpen: false
            ),
            .members,
            "An experiment that it is part of.",
            "{\"name\": \"shorter-prompt\", \"variant\": \"b\"}"
        ),
        Field(
            "isolation",
            .object(
                [
                    Field("id", .text, .identity("causeway.isolation.id"), "The sandbox's id.", "\"vm-9\""),
                    Field("scope", .word(isolationScopes), .identity("causeway.isolation.scope"), "For whom it is apart.", "\"user\""),
                ],
                short: "id",
                isOpen: false
            ),
            .members,
            "The sandbox that it ran in.",
            "{\"id\": \"vm-9\", \"scope\": \"user\"}"
        ),
        Field("cold_start", .flag, .identity("faas.coldstart"), "Whether something had to be started first.", "true"),
    ]

    private static let anything: [Field] = [
        Field("attributes", .map, .attributes, "Anything else, as attributes.", "{\"shop.order\": \"o-11\"}")
    ]
}
