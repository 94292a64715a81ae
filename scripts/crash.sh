#!/usr/bin/env bash
# The crash test of the end-to-end tests, many more times: load, kill -9, restart, look for lost spans. RUNS kills in all: of the bridge, of
# the backend, of both at once. CAUSEWAY_BIN names another executable than that of a debug build; SEED chooses other moments.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
if [[ -z ${CAUSEWAY_BIN:-} ]]; then
    swift build --product causeway
    export CAUSEWAY_BIN=$PWD/.build/debug/causeway
fi
[[ -z ${SEED:-} ]] || export CRASH_SEED=$SEED
CRASH_ROUNDS=$(((${RUNS:-300} + 2) / 3)) .venv/bin/python -m pytest Tests/EndToEnd/test_crash.py -s
