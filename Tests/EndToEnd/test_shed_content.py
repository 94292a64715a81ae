"""`when_full: shed_content`: when room gets short, message content of the oldest spans goes, and spans do not."""

import json
import random

import otlp
from bridge import command

SECRET = "what was asked first of all"


def content(number: int) -> str:
    """A prompt that does not compress well, like many different ones."""
    text = random.Random(number).randbytes(150_000).hex()
    return SECRET + text if number == 0 else text


def test_content_of_the_oldest_goes_and_every_span_stays(make_bridge):
    bridge = make_bridge(
        {
            "receivers": {"otlp": {"max_body": "512KiB"}},
            "spool": {"max_bytes": "16MiB", "segment_bytes": "1MiB", "when_full": "shed_content"},
        }
    ).start()
    for number in range(48):
        attributes = otlp.attributes({"gen_ai.input.messages": content(number), "gen_ai.usage.input_tokens": number})
        bridge.send([otlp.span(f"chat {number}", attributes=attributes)])
    metrics = bridge.wait_for_metric(lambda metrics: metrics("reduced_frames_total") > 0, "content being shed")
    assert metrics("spool_shed_bytes_total") > 100_000
    bridge.stop()

    lines = command("spool", "cat", "--data", bridge.data).stdout
    spans = [
        span
        for line in lines.splitlines()
        for resource in json.loads(line)["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]
    assert [span["name"] for span in spans] == [f"chat {number}" for number in range(48)]
    keys = [{attribute["key"] for attribute in span["attributes"]} for span in spans]
    assert all("gen_ai.usage.input_tokens" in of for of in keys)
    assert keys[0] == {"gen_ai.usage.input_tokens", "causeway.content.shed"} and SECRET not in lines
    assert "gen_ai.input.messages" in keys[-1] and "causeway.content.shed" not in keys[-1]
    assert command("spool", "verify", "--data", bridge.data).returncode == 0
    assert command("audit", "--data", bridge.data).returncode == 0
