"""A spool that is encrypted at rest: what lies on disk, who can read it, and what a bridge says that lacks the key."""

import json
import secrets
import subprocess
from pathlib import Path

import otlp
import pytest
from bridge import EXECUTABLE, clean_environment, command, merged


def key_file(directory: Path, name: str) -> Path:
    path = directory / name
    path.write_text(secrets.token_hex(32) + "\n")
    path.chmod(0o600)
    return path


def contents(bridge) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(bridge.data.rglob("*")) if path.is_file())


@pytest.fixture
def keys(tmp_path):
    return key_file(tmp_path, "first.key"), key_file(tmp_path, "second.key")


def configuration(key: Path | None, previous: Path | None = None) -> dict:
    encryption = {"key_file": str(key)} if key else {}
    if previous:
        encryption["previous_keys"] = "${file:%s}" % previous
    return {"spool": {"encryption": encryption}} if encryption else {}


def test_what_is_stored_is_read_with_its_keys_and_not_without(make_bridge, keys):
    first, second = keys
    bridge = make_bridge(configuration(first)).start()
    bridge.send([otlp.span("confidential step")])
    bridge.stop()
    assert b"confidential step" not in contents(bridge)

    bridge.write_configuration(merged(bridge.configuration, configuration(second, previous=first)))
    bridge.start()
    bridge.send([otlp.span("another step")])
    bridge.stop()
    assert b"another step" not in contents(bridge)

    blind = command("spool", "cat", "--data", bridge.data)
    assert blind.returncode == 0 and blind.stdout == "" and "--key-file" in blind.stderr
    one = command("spool", "cat", "--data", bridge.data, "--key-file", first)
    assert "confidential step" in one.stdout and "another step" not in one.stdout
    both = command("spool", "cat", "--data", bridge.data, "--key-file", first, "--key-file", second)
    assert "confidential step" in both.stdout and "another step" in both.stdout and both.stderr == ""

    status = command("spool", "status", "--data", bridge.data, "--json").stdout
    assert len(json.loads(status)["keys"]) == 2

    # Whether it is whole is found out without any key.
    verified = command("spool", "verify", "--data", bridge.data)
    assert verified.returncode == 0 and "were checked and not read" in verified.stdout
    assert command("audit", "--data", bridge.data).returncode == 0


def test_a_bridge_without_the_key_of_pending_data_does_not_start_and_names_it(make_bridge, keys):
    bridge = make_bridge(configuration(keys[0])).start()
    bridge.send([otlp.span("confidential step")])
    bridge.stop()
    refused = subprocess.run(
        [EXECUTABLE, "run", "--data", bridge.data], capture_output=True, text=True, timeout=60, env=clean_environment()
    )
    assert refused.returncode == 3
    assert "encrypted with key" in refused.stderr and "previous_keys" in refused.stderr


def test_send_into_an_encrypted_spool_takes_the_key_and_never_writes_in_the_clear(make_bridge, keys, tmp_path):
    bridge = make_bridge(configuration(keys[0])).start()
    bridge.send([otlp.span("confidential step")])
    bridge.stop()
    exported = tmp_path / "exported.jsonl"
    exported.write_text(command("spool", "cat", "--data", bridge.data, "--key-file", keys[0]).stdout)
    refused = command("send", "--data", bridge.data, exported)
    assert refused.returncode == 3 and "--key-file" in refused.stderr
    assert command("send", "--data", bridge.data, "--key-file", keys[0], exported).returncode == 0
    assert b"confidential step" not in contents(bridge)
    assert command("spool", "cat", "--data", bridge.data, "--key-file", keys[0]).stdout.count("confidential step") == 2
