"""What became of items, as the books say, and as the backend saw it."""

import json
import time

from bridge import Bridge, command

TERMS = ["delivered", "pending", "rejected", "quarantined", "filtered", "folded", "evicted", "before_start"]


def audit(bridge: Bridge, name: str = "sink") -> dict[str, int]:
    """The terms of one destination, which have to balance; of a running bridge after its cursor had time to be saved."""
    deadline = time.monotonic() + 5
    while True:
        done = command("audit", "--json", "--data", bridge.data)
        books = json.loads(done.stdout)
        if done.returncode == 0:
            break
        assert time.monotonic() < deadline, books["imbalances"]
        time.sleep(0.1)
    (reader,) = [reader for reader in books["readers"] if reader["name"] == name]
    counts = dict.fromkeys(TERMS, 0)
    for line in reader["terms"]:
        counts[line["term"]] += line["items"]
    return {term: count for term, count in counts.items() if count}


def quarantine(bridge: Bridge, *arguments: str) -> list[dict]:
    done = command("spool", "quarantine", "ls", "--json", "--data", bridge.data, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["entries"]


def quarantined_spans(bridge: Bridge) -> list[tuple[str, str]]:
    """The ids of all spans that are set aside."""
    found = []
    for entry in quarantine(bridge):
        shown = command("spool", "quarantine", "show", str(entry["number"]), "--json", "--data", bridge.data)
        assert shown.returncode == 0, shown.stderr
        for resource in json.loads(shown.stdout)["telemetry"]["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                found += [(span["traceId"], span["spanId"]) for span in scope["spans"]]
    return found


def settled(bridge: Bridge, name: str = "sink", timeout: float = 30) -> dict[str, int]:
    """Waits until nothing is pending, then audits."""
    bridge.wait_for_metric(lambda metrics: metrics("pending_items", destination=name) == 0, f"{name} to have nothing before it", timeout)
    deadline = time.monotonic() + 5
    while "pending" in (books := audit(bridge, name)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return books
