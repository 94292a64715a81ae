#!/usr/bin/env bash
# Outages of minutes with traffic on, beside a healthy destination: nothing lost, memory flat, and how long catching up takes.
#
# With a release build, which `make build` makes.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh test
[[ -x .build/release/causeway ]] || make build
OUTAGE_SECONDS=${1:-120} CAUSEWAY_BIN=$PWD/.build/release/causeway \
    .venv/bin/python -m pytest Tests/EndToEnd/test_isolation.py -k "long_outage or share_beside" -rP
