#!/usr/bin/env bash
# Checks the example rules and plays their unit tests with promtool, from Debian's package `prometheus`.
#
#   scripts/alerts.sh              unpacks promtool into .build/tools where the machine has none; nothing is installed
#   scripts/alerts.sh --if-there   does nothing on a machine without it
set -euo pipefail
cd "$(dirname "$0")/.."

readonly tools=$PWD/.build/tools
promtool=$(command -v promtool || echo "$tools/usr/bin/promtool")
if [[ ! -x $promtool ]]; then
    [[ ${1:-} != --if-there ]] || exit 0
    mkdir -p "$tools"
    (cd "$tools" && apt-get download -qq prometheus >/dev/null 2>&1 && dpkg -x prometheus_*.deb .) || {
        printf 'alerts: no promtool; install the package prometheus\n' >&2
        exit 3
    }
fi
"$promtool" check rules examples/alerts/causeway.yaml
"$promtool" test rules examples/alerts/causeway_test.yaml
