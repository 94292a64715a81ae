"""What EditTests.swift expects is what the protobuf library of PyPI makes of the same edits."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "Fixtures" / "otlp-edits" / "make_edits.py"


def test_the_expected_edits_are_those_of_the_protobuf_library():
    assert subprocess.run([sys.executable, SCRIPT, "--check"]).returncode == 0
