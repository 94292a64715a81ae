"""What every end-to-end test starts from: a strict backend and a bridge, each with ports and directories of its own."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bridge import EXECUTABLE, Bridge, free_port
from sink import Sink


def pytest_configure() -> None:
    if not (EXECUTABLE and os.access(EXECUTABLE, os.X_OK)):
        raise pytest.UsageError("CAUSEWAY_BIN has to name the causeway executable to test; `make test` does that")


@pytest.fixture
def make_sink() -> Iterator[Callable[..., Sink]]:
    sinks: list[Sink] = []

    def make(tls=None) -> Sink:
        sinks.append(Sink(free_port(), tls).up())
        return sinks[-1]

    yield make
    for sink in sinks:
        sink.down()
    complaints = [complaint for sink in sinks for complaint in sink.complaints]
    assert not complaints, f"the backend was sent {len(complaints)} bad requests, such as: {complaints[0]}"


@pytest.fixture
def sink(make_sink: Callable[[], Sink]) -> Sink:
    return make_sink()


@pytest.fixture
def make_bridge(tmp_path: Path) -> Iterator[Callable[..., Bridge]]:
    """Bridges that are told to drain at the end of the test and then have to end with 0."""
    bridges: list[Bridge] = []

    def make(configuration: dict | None = None, environment: dict[str, str] | None = None) -> Bridge:
        directory = tmp_path / f"bridge-{len(bridges)}"
        directory.mkdir()
        bridges.append(Bridge(directory, configuration, environment))
        return bridges[-1]

    yield make
    failures = []
    for bridge in bridges:
        if not bridge.running:
            continue
        try:
            bridge.stop()
        except AssertionError as failure:
            failures.append(str(failure))
            bridge.kill9()
    assert not failures, "\n".join(failures)


def to(sink: Sink, **more) -> dict:
    """The configuration of one destination, which gets what was received as it was stored; what is settled has tests of its own."""
    return {"destinations": {"sink": {"profile": "otlp", "endpoint": sink.url, "wait": "none", **more}}}


@pytest.fixture
def bridge(make_bridge: Callable[..., Bridge], sink: Sink) -> Bridge:
    """A running bridge with `sink` as its only destination."""
    return make_bridge(to(sink)).start()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A red test shows what its bridges said."""
    outcome = yield
    report = outcome.get_result()
    if report.failed and "tmp_path" in getattr(item, "funcargs", {}):
        for log in sorted(item.funcargs["tmp_path"].glob("bridge-*/bridge.log")):
            report.sections.append((f"stderr of {log.parent.name}", log.read_text(errors="replace")[-6000:]))
