#!/usr/bin/env python3
"""An agent's loop that writes agent events: the standard library is all it takes.

usage: agent.py [URL]      URL is the bridge's, http://127.0.0.1:4318 by default
"""

import json
import sys
import time
import urllib.request
import uuid

BRIDGE = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:4318"


class Run:
    """One request to the agent. What happens in it is gathered, and sent when it is over."""

    def __init__(self, question, user):
        self.trace = str(uuid.uuid4())
        self.lines = []
        self.line("request", self.trace, phase="start", start=time.time_ns(), agent={"name": "order-desk", "version": "1.0"}, user=user, input=question)

    def line(self, kind, name, **more):
        self.lines.append({"type": kind, "trace_id": self.trace, "id": name, **more})

    def call(self, kind, name, work, **more):
        """Runs `work` and writes down how long it took, what came of it, and what went wrong."""
        began = time.time_ns()
        said = {}
        try:
            result = work()
            said = result if isinstance(result, dict) else {"result": result}
            return said
        except Exception as problem:
            said = {"failure": {"type": type(problem).__name__, "message": str(problem)}}
            raise
        finally:
            self.line(kind, name, parent_id=self.trace, start=began, end=time.time_ns(), **more, **said)

    def end(self, answer, outcome="success"):
        self.line("request", self.trace, phase="end", end=time.time_ns(), output=answer, outcome=outcome)
        body = "".join(json.dumps(line) + "\n" for line in self.lines).encode()
        request = urllib.request.Request(BRIDGE + "/v1/agent-events", body, {"Content-Type": "application/x-ndjson"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def model(question):
    """Stands in for a call of a model."""
    time.sleep(0.02)
    return {"output_messages": f"Let me look: {question}", "usage": {"input": 80, "output": 12}, "finish_reasons": ["stop"]}


def orders(order):
    """A tool that is away at the first try."""
    orders.tries = getattr(orders, "tries", 0) + 1
    if orders.tries == 1:
        raise TimeoutError("no answer within 20 ms")
    return {"order": order, "due": "Monday"}


run = Run("Where is my order o-11?", user="u-17")
run.call("model_call", "think", lambda: model("o-11"), provider="openai", model="gpt-4o-mini", messages="Where is my order o-11?")
for attempt in range(3):
    try:
        due = run.call("tool_call", f"orders-{attempt}", lambda: {"result": orders("o-11")}, tool="orders", arguments={"order": "o-11"},
                       links=[{"to": f"orders-{attempt - 1}", "kind": "retry_of"}] if attempt else [],
                       **({"attempt": attempt} if attempt else {}))
        break
    except TimeoutError:
        time.sleep(0.01)
verdict = run.end(f"It arrives on {due['result']['due']}.")
print(f"{verdict['accepted']} lines taken, {verdict['rejected']} refused")
