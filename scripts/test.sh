#!/usr/bin/env bash
# Everything that proves it, cheapest first; stops at the first step that is red, and says at the end how many tests ran.
#
# A debug build, shared with `make run`. The end-to-end tests drive the executable of that build.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly results=.build/test-results
step=setup
finish() {
    local status=$?
    .venv/bin/python scripts/summary.py "$results" 2>/dev/null || true
    ((status == 0)) || printf 'make test: red at: %s\n' "$step" >&2
}
trap finish EXIT

begin() {
    step=$1
    printf '==> %s\n' "$step"
}

scripts/setup.sh test
rm -rf "$results"
mkdir -p "$results"

begin "lint (a few seconds)"
scripts/format.sh --check

begin "generated code is what proto/ and profiles/ give"
scripts/generate.sh --check
scripts/profiles.sh --check

begin "example alert rules"
scripts/alerts.sh --or-skip

begin "build (minutes on a cold machine)"
swift build --build-tests

begin "unit tests"
swift test --skip-build --no-parallel --xunit-output "$results/unit.xml"

begin "end-to-end tests (about six minutes)"
CAUSEWAY_BIN=$PWD/.build/debug/causeway .venv/bin/python -m pytest Tests/EndToEnd --junitxml "$results/end-to-end.xml"
