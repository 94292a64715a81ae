"""An agent's run of nine steps under one root, as a program that follows the GenAI conventions sends it."""

import json
import os
import time
from dataclasses import dataclass, field

SESSION, USER = "session-31", "user-7781"

# What has to be seen of each step afterwards: its kind, here in the words of the conventions.
KINDS = ["plan", "retrieval", "guardrail", "execute_tool", "execute_tool", "execute_tool", "chat", "chat", "evaluate"]
INPUT_TOKENS, OUTPUT_TOKENS, CACHED_TOKENS, COST = 240, 116, 80, 0.00123


@dataclass
class Step:
    name: str
    attributes: dict
    failure: str = ""
    events: list = field(default_factory=list)


def text(role: str, content: str, **more) -> dict:
    return {"role": role, "parts": [{"type": "text", "content": content}], **more}


def steps() -> list[Step]:
    ask = text("user", "How long does a refund take?")
    call = {
        "role": "assistant",
        "parts": [{"type": "tool_call", "id": "call_1", "name": "lookup_order", "arguments": {"order": "A-17"}}],
        "finish_reason": "tool_call",
    }
    answer = {"role": "tool", "parts": [{"type": "tool_call_response", "id": "call_1", "response": {"status": "returned"}}]}
    model = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini"}

    def tool(name: str, arguments: dict, result: dict | None, call_id: str) -> dict:
        found = {"gen_ai.tool.call.result": json.dumps(result)} if result is not None else {}
        return {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.id": call_id,
            "gen_ai.tool.call.arguments": json.dumps(arguments),
        } | found

    return [
        Step(
            "plan support",
            {
                "gen_ai.operation.name": "plan",
                "gen_ai.agent.name": "support",
                "gen_ai.input.messages": json.dumps([ask]),
                "gen_ai.output.messages": json.dumps([text("assistant", "Look up the policy, then the order.")]),
            },
        ),
        Step(
            "retrieval policies",
            {
                "gen_ai.operation.name": "retrieval",
                "gen_ai.data_source.id": "policies",
                "gen_ai.retrieval.query.text": "refund duration",
                "gen_ai.retrieval.documents": json.dumps(
                    [
                        {"id": "policy-4", "score": 0.91, "content": "Refunds are paid within five working days."},
                        {"id": "policy-9", "score": 0.42, "content": "Returns are free for thirty days."},
                    ]
                ),
            },
        ),
        Step(
            "guardrail content",
            {
                "gen_ai.operation.name": "guardrail",
                "gen_ai.input.messages": json.dumps([ask]),
                "gen_ai.output.messages": json.dumps([text("assistant", "allowed")]),
            },
        ),
        Step("execute_tool lookup_order", tool("lookup_order", {"order": "A-17"}, {"status": "returned"}, "call_1")),
        Step(
            "execute_tool refund_status",
            tool("refund_status", {"order": "A-17"}, None, "call_2") | {"error.type": "503"},
            failure="the refund service does not answer",
        ),
        Step("execute_tool refund_status", tool("refund_status", {"order": "A-17"}, {"paid": False, "days_left": 3}, "call_3")),
        Step(
            "chat gpt-4o-mini",
            model
            | {
                "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
                "gen_ai.usage.input_tokens": 79,
                "gen_ai.usage.output_tokens": 53,
                "gen_ai.usage.cost": 0.00045,
                "gen_ai.response.finish_reasons": ["tool_call"],
                "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Answer briefly."}]),
                "gen_ai.input.messages": json.dumps([ask]),
                "gen_ai.output.messages": json.dumps([call]),
            },
        ),
        Step(
            "chat gpt-4o-mini",
            model
            | {
                "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
                "gen_ai.usage.input_tokens": 161,
                "gen_ai.usage.output_tokens": 63,
                "gen_ai.usage.cache_read.input_tokens": 80,
                "gen_ai.usage.cost": 0.00078,
                "gen_ai.response.finish_reasons": ["stop"],
                "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Answer briefly."}]),
                "gen_ai.input.messages": json.dumps([ask, {k: v for k, v in call.items() if k != "finish_reason"}, answer]),
                "gen_ai.output.messages": json.dumps([text("assistant", "Three more days.", finish_reason="stop")]),
            },
        ),
        Step(
            "evaluate answer",
            {
                "gen_ai.operation.name": "evaluate",
                "gen_ai.evaluation.name": "helpfulness",
                "gen_ai.evaluation.score.value": 0.9,
                "gen_ai.evaluation.score.label": "good",
                "gen_ai.input.messages": json.dumps([text("user", "Three more days.")]),
            },
        ),
    ]


def attribute(key: str, value) -> dict:
    match value:
        case bool():
            kind = {"boolValue": value}
        case int():
            kind = {"intValue": str(value)}
        case float():
            kind = {"doubleValue": value}
        case list():
            kind = {"arrayValue": {"values": [{"stringValue": one} for one in value]}}
        case _:
            kind = {"stringValue": value}
    return {"key": key, "value": kind}


def span_of(step: Step, trace: str, parent: str, start: int) -> dict:
    end = start + 300_000_000
    identity = {"gen_ai.conversation.id": SESSION, "user.id": USER}
    span = {
        "traceId": trace,
        "spanId": os.urandom(8).hex(),
        "parentSpanId": parent,
        "name": step.name,
        "kind": 3 if step.name.startswith("chat") else 1,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(end),
        "attributes": [attribute(key, value) for key, value in (step.attributes | identity).items()],
    }
    if step.failure:
        span["status"] = {"code": 2, "message": step.failure}
        details = {"exception.type": "ServiceUnavailable", "exception.message": step.failure}
        event = {"name": "exception", "timeUnixNano": str(end), "attributes": [attribute(k, v) for k, v in details.items()]}
        span["events"] = [event]
    return span


def whole(spans: list[dict]) -> dict:
    resource = {"attributes": [attribute("service.name", "support-agent"), attribute("deployment.environment.name", "test")]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "support"}, "spans": spans}]}]}


def request() -> tuple[str, dict]:
    """The run as an OTLP request in JSON, with ids and times of its own; and its trace id."""
    trace, root = os.urandom(16).hex(), os.urandom(8).hex()
    now = time.time_ns() - 20_000_000_000
    spans = [span_of(step, trace, root, now + (number + 1) * 500_000_000) for number, step in enumerate(steps())]
    run = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "support",
        "gen_ai.input.messages": json.dumps([text("user", "How long does a refund take?")]),
        "gen_ai.output.messages": json.dumps([text("assistant", "Three more days.", finish_reason="stop")]),
        "gen_ai.usage.input_tokens": INPUT_TOKENS,
        "gen_ai.usage.output_tokens": OUTPUT_TOKENS,
        "gen_ai.conversation.id": SESSION,
        "user.id": USER,
    }
    spans.append(
        {
            "traceId": trace,
            "spanId": root,
            "name": "invoke_agent support",
            "kind": 1,
            "startTimeUnixNano": str(now),
            "endTimeUnixNano": str(now + 6_000_000_000),
            "attributes": [attribute(key, value) for key, value in run.items()],
        }
    )
    return trace, whole(spans)


def dead_request() -> tuple[str, dict]:
    """A run that died: a model that does not answer, another one in its place, and no root; and its trace id."""
    trace, missing = os.urandom(16).hex(), os.urandom(8).hex()
    now = time.time_ns() - 20_000_000_000
    failed, answered = (step for step in steps() if step.name.startswith("chat"))
    asked = {"gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.input.messages", "gen_ai.system_instructions"}
    common = {key: value for key, value in failed.attributes.items() if key in asked}
    died = [
        Step("chat gpt-4o", common | {"gen_ai.request.model": "gpt-4o", "error.type": "503"}, failure="the model is overloaded"),
        Step("chat gpt-4o-mini", answered.attributes | common),
    ]
    return trace, whole([span_of(step, trace, missing, now + number * 400_000_000) for number, step in enumerate(died)])
