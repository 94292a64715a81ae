"""The command as a person and a script see it: what it prints, where, and the status it ends with. No bridge runs here."""

import json
import re
import subprocess

import jsonschema
import pytest
import yaml
from bridge import EXECUTABLE, clean_environment, command

BACKEND = "destinations: { backend: { endpoint: 'https://otel.example.com', headers: { authorization: '${env:TOKEN}' } } }\n"


@pytest.fixture
def file(tmp_path):
    def write(text: str, name: str = "causeway.yaml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_the_version_names_program_commit_and_standards():
    done = command("--version")
    assert done.returncode == 0
    pattern = r"causeway \d+\.\d+\.\d+ \(commit \S+\), OTLP 1\.11\.0, semantic conventions 1\.41\.1, Swift 6\.\d.*\n"
    assert re.fullmatch(pattern, done.stdout)


@pytest.mark.parametrize(
    "words",
    ["", "run", "validate", "config print", "config example", "config schema", "send", "spool cat", "completion"]
    + [f"spool {word}" for word in ("status", "ls", "verify", "repair", "cursors ls", "cursors rm")]
    + ["audit"],
)
def test_every_command_has_help_with_examples(words):
    done = command(*words.split(), "--help")
    assert done.returncode == 0 and not done.stderr
    assert re.search(r"Examples?:\n  (causeway|source|OTEL)", done.stdout)
    assert max(map(len, done.stdout.splitlines())) <= 160


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["run", "--confg", "x"],
        ["run", "--log-level", "loud"],
        ["validate", "--config"],
        ["send"],
        ["send", "--to", "localhost:4318", "x.pb"],
        ["send", "--to", "http://localhost:4318", "--data", "d", "x.pb"],
        ["send", "--signal", "spans", "x.pb"],
        ["spool", "cat", "--tree", "--signal", "logs"],
        ["spool", "cursors", "rm"],
        ["audit", "now"],
        ["completion", "csh"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_2(arguments):
    done = command(*arguments)
    assert done.returncode == 2 and not done.stdout
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("causeway: ")


def test_validate_tells_every_mistake_of_every_file_and_ends_with_1(file):
    first = file("spool:\n  max_byts: 1GiB\nlog: { level: loud }\n")
    second = file("semantics:\n  mode: clever\n", "second.yaml")
    done = command("validate", "--config", first, "--config", second)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[:3] == [
        f"error: {first}:2: spool.max_byts: unknown key; did you mean max_bytes?",
        f'error: {first}:3: log.level: "loud" is not one of: trace, debug, info, warn, error; write one of them',
        f"error: {second}:2: semantics.mode: \"clever\" is not one of: canonical, passthrough; write one of them",
    ]


def test_validate_ends_with_0_and_warnings_for_what_is_only_unwise(file):
    path = file("receivers: { otlp: { http: ':4318' } }\ndestinations: { b: { endpoint: 'https://otel.example.com' } }\n")
    done = command("validate", "--config", path)
    assert (done.returncode, done.stdout) == (0, "the configuration is fine\n")
    assert done.stderr == f"warning: {path}:1: receivers.otlp.http: 0.0.0.0:4318 is open to other machines; write 127.0.0.1:4318 unless that is meant\n"


def test_validate_speaks_json_to_programs(file):
    path = file("log: { levl: info }\n" + BACKEND)
    done = command("validate", "--json", "--config", path, TOKEN="x")
    assert done.returncode == 1 and not done.stderr
    assert json.loads(done.stdout) == [
        {"severity": "error", "origin": f"{path}:1", "key": "log.levl", "problem": "unknown key", "remedy": "did you mean level?"}
    ]


def test_a_file_that_is_not_there_is_3(tmp_path):
    done = command("validate", "--config", tmp_path / "none.yaml")
    assert done.returncode == 3
    assert "none.yaml: cannot be read (No such file or directory)" in done.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]"])
def test_validate_sees_a_destination_that_is_our_own_listener(file, host):
    path = file(f"destinations: {{ a: {{ endpoint: 'http://{host}:4318' }} }}\n")
    done = command("validate", "--config", path)
    assert done.returncode == 1 and "this bridge's own receiver" in done.stderr


def test_a_configuration_may_come_through_a_pipe():
    script = f"{EXECUTABLE} config print --config <(echo 'log: {{ level: debug }}')"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=clean_environment(), timeout=60)
    assert done.returncode == 0, done.stderr
    assert "level: debug" in done.stdout


def test_print_shows_where_each_value_comes_from_and_no_secret(file):
    path = file("log: { level: debug, format: text }\n" + BACKEND)
    done = command("config", "print", "--config", path, "--log-format", "json", TOKEN="t0p-secret", CAUSEWAY_DATA="/var/lib/x")
    assert done.returncode == 0, done.stderr
    lines = [re.sub(r"\s+", " ", line.strip()) for line in done.stdout.splitlines()]
    for line in [
        f"level: debug # {path}:1",
        "format: json # flag --log-format",
        "directory: /var/lib/x # environment CAUSEWAY_DATA",
        "max_bytes: 4GiB # default",
        f'authorization: "***" # {path}:2',
    ]:
        assert line in lines
    assert "t0p-secret" not in done.stdout + done.stderr


def test_what_is_printed_is_a_configuration_again(file):
    first = command("config", "print", "--config", file(BACKEND), TOKEN="x")
    again = command("config", "print", "--config", file(first.stdout, "again.yaml"))
    assert again.returncode == 0, again.stderr
    assert yaml.safe_load(again.stdout) == yaml.safe_load(first.stdout)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("receivers: { otlp: { http: '127.0.0.1:4318', max_body: 8388608 } }", True),
        ("spool: { max_bytes: '${env:SIZE:-4GiB}', keep: { age: 36h } }", True),
        ("destinations: { a: { endpoint: 'https://x', max_in_flight: 2, headers: { n: 5 } } }", True),
        ("receivers:", True),
        ("log: { level: null }", True),
        ("log: { level: loud }", False),
        ("spool: { max_size: 1GiB }", False),
        ("destinations: { a: { endpoint: ftp://x } }", False),
        ("destinations: { a/b: { endpoint: 'https://x' } }", False),
        ("receivers: { otlp: { max_connections: 0 } }", False),
        ("shutdown: { timeout: 5 }", False),
        ("tenants: { from: [token, resource], tokens: { acme: secret } }", True),
        ("tenants: { from: [header] }", True),
        ("tenants: { from: header }", False),
        ("tenants: { from: [head] }", False),
        ("tenants: { from: [header, header] }", False),
        ("privacy: {}", False),
    ],
)
def test_the_schema_and_the_program_agree(file, text, fits):
    schema = json.loads(command("config", "schema").stdout)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(yaml.safe_load(text)) is fits
    assert (command("validate", "--config", file(text)).returncode == 0) is fits


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_knows_the_commands(shell):
    done = command("completion", shell)
    assert done.returncode == 0
    for word in ["run", "validate", "spool", "log-level"]:
        assert word in done.stdout


def test_the_completion_for_bash_is_a_script():
    script = command("completion", "bash").stdout
    assert subprocess.run(["bash", "-n"], input=script, text=True, timeout=60).returncode == 0


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (None, 3, "No such file or directory"),
        (b"", 1, "empty"),
        (b"hello", 1, "--signal"),
        (b"{}", 1, "resourceSpans"),
        (b'{"resourceSpans":[', 1, "is not JSON"),
    ],
)
def test_send_says_what_is_wrong_with_a_file(tmp_path, content, status, words):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    done = command("send", path)
    assert done.returncode == status
    assert str(path) in done.stderr and words in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_bridge_that_is_misconfigured_does_not_start(file):
    done = command("run", "--config", file("log: { level: loud }\nspool: { directry: x }\n"))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2 and all(line.startswith("causeway: ") for line in done.stderr.splitlines())
