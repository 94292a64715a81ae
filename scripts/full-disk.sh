#!/usr/bin/env bash
# The end-to-end tests on disks that are really full, which `make test` skips where nothing can be mounted; here that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
if [[ -z ${CAUSEWAY_BIN:-} ]]; then
    swift build --product causeway
    export CAUSEWAY_BIN=$PWD/.build/debug/causeway
fi
FULL_DISK=required .venv/bin/python -m pytest Tests/EndToEnd/test_full_disk.py
