import CausewayModel
import CausewaySemantics
import Testing

/// An agent that was stopped because it may take no more steps, as frameworks tell it.
struct StepLimitTests {
    struct Stop: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var attributes: [Attribute]
        var exception: (type: String, message: String)?
        var message = ""
        var isError = true
        var failure = "orchestration.max_steps"
        var isInferred = false

        init(
            _ description: String,
            _ attributes: [Attribute] = [Attribute("gen_ai.operation.name", "invoke_agent")],
            exception: (type: String, message: String)? = nil,
            message: String = "",
            isError: Bool = true,
            failure: String = "orchestration.max_steps",
            isInferred: Bool = false
        ) {
            (testDescription, self.attributes, self.exception) = (description, attributes, exception)
            (self.message, self.isError, self.failure, self.isInferred) = (message, isError, failure, isInferred)
        }

        /// The agent's span, as understood.
        var item: UnderstoodItem {
            let events = exception.map {
                EventRecord(
                    name: "exception",
                    timeNanoseconds: 5,
                    attributes: [Attribute("exception.type", .string($0.type)), Attribute("exception.message", .string($0.message))]
                )
            }
            let status = isError ? StatusRecord(.error, message: message) : StatusRecord()
            return UnderstoodItem("travel_agent", attributes, events: events.map { [$0] } ?? [], status: status, isRoot: true)
        }
    }

    private static let recursion = "Recursion limit of 25 reached without hitting a stop condition. You can increase the limit."
    private static let agent = [Attribute("openinference.span.kind", "AGENT")]

    static let stops = [
        Stop("LangGraph, by the exception's name", exception: ("langgraph.errors.GraphRecursionError", recursion), message: recursion),
        Stop(
            "LangGraph, without its module",
            agent,
            exception: ("GraphRecursionError", recursion),
            message: "GraphRecursionError('\(recursion)')"
        ),
        Stop(
            "LangGraph in Langfuse, by the message alone",
            [
                Attribute("langfuse.observation.type", "agent"), Attribute("langfuse.observation.level", "ERROR"),
                Attribute("langfuse.observation.status_message", .string(recursion)),
            ],
            message: recursion,
            isInferred: true
        ),
        Stop("OpenAI Agents, raised", exception: ("agents.exceptions.MaxTurnsExceeded", "Max turns (10) exceeded")),
        Stop("OpenAI Agents, on the agent's span", agent, message: "Max turns exceeded: {'max_turns': 10}", isInferred: true),
        Stop(
            "OpenAI Agents in OpenLLMetry",
            message: "{'message': 'Max turns exceeded', 'data': {'max_turns': 10}}",
            isInferred: true
        ),
        Stop(
            "Pydantic AI, by requests",
            exception: ("pydantic_ai.exceptions.UsageLimitExceeded", "The next request would exceed the request_limit of 3")
        ),
        Stop(
            "Pydantic AI, by tokens: a budget",
            exception: ("pydantic_ai.exceptions.UsageLimitExceeded", "Exceeded the total_tokens_limit of 100 (total_tokens=132)"),
            failure: "guardrail.budget_exceeded"
        ),
        Stop(
            "LlamaIndex",
            agent,
            exception: ("workflows.errors.WorkflowRuntimeError", "Max iterations of 20 reached! Either something went wrong"),
            isInferred: true
        ),
        Stop(
            "Google's ADK",
            exception: ("google.adk.agents.invocation_context.LlmCallsLimitExceededError", "Max number of llm calls limit of `5` exceeded")
        ),
        Stop(
            "LangChain's limits of calls",
            exception: ("langchain.agents.middleware.model_call_limit.ModelCallLimitExceededError", "Model call limits exceeded")
        ),
        Stop(
            "LangGraph's ready-made agent, which says so to its user",
            [
                Attribute("gen_ai.operation.name", "invoke_agent"),
                Attribute(
                    "gen_ai.output.messages",
                    #"[{"role":"assistant","parts":[{"type":"text","content":"Sorry, need more steps to process this request."}]}]"#
                ),
            ],
            isError: false,
            isInferred: true
        ),
        Stop(
            "LangChain's executor, which answers with it",
            agent + [Attribute("output.value", "Agent stopped due to max iterations.")],
            isError: false,
            isInferred: true
        ),
        Stop(
            "a stack that is too deep is no limit of an agent's",
            exception: ("RecursionError", "maximum recursion depth exceeded"),
            failure: "orchestration.exception"
        ),
    ]

    @Test(arguments: stops)
    func `an agent at its limit of steps has failed by it, whichever framework tells it`(stop: Stop) {
        let item = stop.item
        #expect(item.failure == stop.failure)
        #expect((item["causeway.failure.inferred"] == true) == stop.isInferred)
    }

    @Test func `a tool whose stack is too deep has thrown an exception`() {
        let event = EventRecord(
            name: "exception",
            timeNanoseconds: 5,
            attributes: [Attribute("exception.type", "RecursionError"), Attribute("exception.message", "maximum recursion depth exceeded")]
        )
        let item = UnderstoodItem(
            "work",
            [Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", "t")],
            events: [event],
            status: StatusRecord(.error)
        )
        #expect(item.failure == "tool.exception")
    }

    /// What an agent says of itself, below a root that knows nothing of it and had two turns before.
    private static func run(_ stop: Attribute...) -> Settled {
        var agent = Made.agent(2, "travel_agent", in: 1, 0...9)
        agent.fails = true
        agent.attributes += stop
        return Made.settled([
            Made.agent(1, "Agent workflow", 0...9), agent,
            .model(3, "turn 1", in: 2, 1...2, tokens: 5), .tool(4, "search", in: 2, 3...4),
            .model(5, "turn 2", in: 2, 5...6, tokens: 5), .tool(6, "search again", in: 2, 7...8),
        ])
    }

    @Test func `a request whose agent was stopped at its limit is a failure, and one failure, though every call went well`() {
        let settled = Self.run(
            Attribute("causeway.failure.category", "orchestration"),
            Attribute("causeway.failure.code", "max_steps")
        )
        let root = settled.span("Agent workflow")
        #expect(root.text("causeway.outcome") == "failure")
        #expect(root.int("causeway.request.failures") == 1)
        #expect(root.int("causeway.request.model_calls") == 2 && root.int("causeway.request.tool_calls") == 2)
        #expect(settled.spans.filter { $0["causeway.failure.code"] == "max_steps" }.map(\.name) == ["travel_agent"])
        #expect(settled.measured.sum("causeway.failures", ["causeway.failure.code": "max_steps"]) == 1)
        #expect(settled.measured.sum("causeway.agent.requests", ["causeway.outcome": "failure"]) == 1)
    }

    @Test func `an agent that was stopped and whose work another one did is part of the failure only`() {
        var agent = Made.agent(2, "travel_agent", in: 1, 0...4)
        agent.fails = true
        agent.attributes += [Attribute("causeway.failure.category", "orchestration"), Attribute("causeway.failure.code", "max_steps")]
        let settled = Made.settled([
            Made.agent(1, "flow"), agent, .model(3, "m", in: 2, 1...2, tokens: 5),
            .agent(4, "other_agent", in: 1, 5...9), .model(5, "n", in: 4, 6...7, tokens: 5),
        ])
        #expect(settled.span("flow").text("causeway.outcome") == "partial")
    }
}
