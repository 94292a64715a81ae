"""What the documents say about the executable is what the executable says about itself."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import otlp
import pytest
import yaml
from bridge import command

DOCUMENTS = Path(__file__).parent.parent.parent / "docs"


def keys(schema: dict, path: str = "") -> Iterator[str]:
    """The keys that a configuration file may set, as the documents write them."""
    for name, inner in schema["properties"].items():
        here = f"{path}.{name}" if path else name
        if name == "destinations":
            yield from keys(inner["additionalProperties"], f"{here}.NAME")
        elif "properties" in inner:
            yield from keys(inner, here)
        else:
            yield here


def test_the_configuration_page_names_exactly_the_keys_that_can_be_set():
    schema = json.loads(command("config", "schema").stdout)
    described = re.findall(r"^\| `([a-zA-Z0-9_.]+)` \|", (DOCUMENTS / "configuration.md").read_text(), re.MULTILINE)
    assert len(described) == len(set(described))
    assert set(described) == set(keys(schema))


def test_the_example_configuration_fits_the_schema_and_validates(tmp_path):
    schema, example = command("config", "schema"), command("config", "example")
    assert (schema.returncode, example.returncode) == (0, 0)
    jsonschema.Draft202012Validator.check_schema(json.loads(schema.stdout))
    jsonschema.validate(yaml.safe_load(example.stdout), json.loads(schema.stdout))
    file = tmp_path / "example.yaml"
    file.write_text(example.stdout)
    done = command("validate", "--config", file)
    assert done.returncode == 0, done.stderr


PAGES = [DOCUMENTS.parent / "README.md", *sorted(DOCUMENTS.glob("*.md"))]


@pytest.mark.parametrize("page", [page for page in PAGES if "```yaml" in page.read_text()], ids=lambda page: page.name)
def test_every_configuration_that_a_page_shows_is_one_without_fault(page, tmp_path):
    for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)):
        if "key_file" in block:
            continue  # The file would have to be there.
        file = tmp_path / f"{number}.yaml"
        file.write_text(block)
        done = command("validate", "--config", file, **{name: "something" for name in re.findall(r"\$\{env:(\w+)", block)})
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"


def test_every_metric_of_a_running_bridge_is_on_the_metrics_page(bridge, sink):
    span = otlp.span("one")
    bridge.send([span])
    bridge.post(b"garbage")
    sink.wait_for_spans([otlp.ids(span)])
    described = set(re.findall(r"^\| `(causeway_\w+)` \| (\w+) \|", (DOCUMENTS / "metrics.md").read_text(), re.MULTILINE))
    assert described >= set(bridge.metrics().families.items())


def test_the_reasons_on_the_metrics_page_are_those_of_the_receiver(bridge):
    page = (DOCUMENTS / "http.md").read_text()
    bridge.post(b"garbage")
    bridge.post(b"", path="/nothing")
    bridge.post(b"", content_type="text/plain")
    for name, labels in bridge.metrics().samples:
        if name == "causeway_refused_requests_total":
            assert f"`{dict(labels)['reason']}`" in page
