#!/usr/bin/env bash
# The crash test of the end-to-end tests, many more times: load, kill -9, restart, look for lost spans.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
swift build --product causeway
CAUSEWAY_BIN=$PWD/.build/debug/causeway CRASH_ROUNDS=${RUNS:-100} .venv/bin/python -m pytest Tests/EndToEnd/test_crash.py -s
