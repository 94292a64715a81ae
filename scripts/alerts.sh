#!/usr/bin/env bash
# Checks the example rules and plays their unit tests with promtool, from Debian's package `prometheus` (19 MB).
#
#   scripts/alerts.sh             unpacks promtool into .build/tools where the machine has none; nothing is installed
#   scripts/alerts.sh --or-skip   says so and goes on where there is none and none can be had, as without a network
set -euo pipefail
cd "$(dirname "$0")/.."

readonly tools=$PWD/.build/tools
promtool=$(command -v promtool || echo "$tools/usr/bin/promtool")
if [[ ! -x $promtool ]]; then
    mkdir -p "$tools"
    (cd "$tools" && apt-get download -qq prometheus >/dev/null 2>&1 && dpkg -x prometheus_*.deb . && rm prometheus_*.deb) || {
        if [[ ${1:-} == --or-skip ]]; then
            printf 'alerts: SKIPPED: no promtool, and the package prometheus cannot be had\n'
            exit 0
        fi
        printf 'alerts: no promtool; install the package prometheus\n' >&2
        exit 3
    }
fi
"$promtool" check rules examples/alerts/causeway.yaml
"$promtool" test rules examples/alerts/causeway_test.yaml
