"""An agent with the real OpenTelemetry SDK in it. Run as a program of its own, as an agent is.

Everything is exported twice by the SDK's own exporters: to the bridge (--bridge), as a user would set it up, and straight to a
backend (--direct). What comes out of the bridge has to be what came out of the SDK. Ends with 0 when all exports succeeded.
"""

import argparse
import logging
import sys

from opentelemetry import trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

EVERY_TYPE = {
    "text": "plain",
    "empty text": "",
    "unicode": "Grüße, 世界, עולם, 👩‍🚀, é",
    "control\tcharacters": "a\x00b\nc\x7f",
    "true": True,
    "false": False,
    "zero": 0,
    "largest": 2**63 - 1,
    "smallest": -(2**63),
    "fraction": 0.1,
    "negative zero": -0.0,
    "tiny": 5e-324,
    "infinity": float("inf"),
    "texts": ["a", "", "ü"],
    "numbers": [1, -1, 0],
    "fractions": [0.5, 1e300],
    "truths": [True, False],
    "nothing in it": [],
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Where is my order?"}]}]',
}

failures: list[str] = []


def twice(exporter_class, path: str):
    """An exporter which hands every batch to two real ones."""

    class Both(exporter_class):
        def __init__(self, bridge: str, direct: str) -> None:
            super().__init__(endpoint=f"{bridge}/v1/{path}", compression=Compression.Gzip)
            self.direct = exporter_class(endpoint=f"{direct}/v1/{path}", headers={"User-Agent": "causeway/direct"})

        def export(self, batch, *arguments, **named):
            self.direct.export(batch, *arguments, **named)
            result = super().export(batch, *arguments, **named)
            if result.name != "SUCCESS":
                failures.append(f"{path}: {result}")
            return result

    return Both


def agent_run(tracer: trace.Tracer, number: int) -> None:
    """One request to an agent: five spans, three levels, all that a span can carry."""
    with tracer.start_as_current_span("invoke_agent support", kind=SpanKind.SERVER, attributes={"run": number}) as root:
        with tracer.start_as_current_span("plan", attributes=EVERY_TYPE):
            pass
        with tracer.start_as_current_span("chat model", kind=SpanKind.CLIENT) as chat:
            chat.add_event("first token", {"after_ms": 12.5, "tags": ["a", "b"]}, timestamp=1_767_225_600_000_000_123)
            chat.add_event("done")
            chat.set_status(Status(StatusCode.OK))
            with tracer.start_as_current_span("execute_tool lookup", links=[Link(root.get_span_context(), {"why": "retry"})]) as tool:
                try:
                    raise TimeoutError("the order system did not answer: après 5 s")
                except TimeoutError as error:
                    tool.record_exception(error)
                    tool.set_status(Status(StatusCode.ERROR, str(error)))
        trace.get_tracer("another scope", "2.1", schema_url="https://opentelemetry.io/schemas/1.41.0").start_span("loose").end()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bridge", required=True)
    parser.add_argument("--direct", required=True)
    parser.add_argument("--runs", type=int, required=True)
    arguments = parser.parse_args()
    endpoints = arguments.bridge, arguments.direct
    resource = Resource.create({"service.name": "support-agent", "service.instance.id": "ä-1", "numbers": [1, 2]})

    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(twice(OTLPSpanExporter, "traces")(*endpoints), max_export_batch_size=128))
    trace.set_tracer_provider(tracers)
    loggers = LoggerProvider(resource=resource)
    loggers.add_log_record_processor(BatchLogRecordProcessor(twice(OTLPLogExporter, "logs")(*endpoints)))
    reader = PeriodicExportingMetricReader(twice(OTLPMetricExporter, "metrics")(*endpoints), export_interval_millis=3_600_000)
    meters = MeterProvider([reader], resource)

    tracer, logger, meter = trace.get_tracer("agent", "1.0"), loggers.get_logger("agent"), meters.get_meter("agent")
    tokens = meter.create_histogram("gen_ai.client.token.usage", unit="{token}", description="Tokens used")
    calls = meter.create_counter("calls")
    waiting = meter.create_up_down_counter("waiting")
    temperature = meter.create_gauge("temperature")
    for number in range(arguments.runs):
        agent_run(tracer, number)
        tokens.record(10 * number, {"gen_ai.token.type": "input"})
        calls.add(1, {"tool": f"tool-{number % 3}"})
        waiting.add(-1)
        temperature.set(0.5 * number)
        logger.emit(
            body={"role": "user", "content": "Wo ist meine Bestellung?", "parts": [1, 2.5, None, True]},
            severity_number=SeverityNumber.WARN,
            severity_text="WARN",
            event_name="gen_ai.user.message",
            attributes={"run": number, "unicode": EVERY_TYPE["unicode"]},
        )
    for provider in (tracers, loggers, meters):
        provider.shutdown()
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    logging.basicConfig()
    sys.exit(main())
