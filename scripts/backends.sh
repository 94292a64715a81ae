#!/usr/bin/env bash
# Real backends on loopback: installs Arize Phoenix, MLflow and VictoriaMetrics into a folder of their own, sends an agent's run, one that
# dies and the captured corpus through the bridge, and looks at what they show. About ten minutes the first time (1.4 GB), three after that.
#
# With CAUSEWAY_BIN for another executable than the debug build's. The record is Tests/Fixtures/backends/record.json.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly scratch=${BACKENDS_DIR:-.build/backends}
mkdir -p "$scratch"
cd "$scratch" && scratch_path=$PWD && cd - >/dev/null

requirements=Tests/Backends/requirements.txt
if ! cmp -s "$requirements" "$scratch_path/requirements.txt"; then
    printf '==> installing Phoenix and MLflow (some minutes)\n'
    python3 -m venv --clear "$scratch_path/venv"
    "$scratch_path/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$scratch_path/requirements.txt"
fi

# Debian 12's is too old for metrics over OTLP; the next release's runs here as it is.
if [[ ! -x $scratch_path/victoria/usr/bin/victoria-metrics ]]; then
    printf '==> fetching VictoriaMetrics\n'
    apt=$scratch_path/apt
    mkdir -p "$apt"/{state/lists/partial,cache/archives/partial}
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main\n' >"$apt/list"
    options=(
        -o "Dir::Etc::sourcelist=$apt/list" -o Dir::Etc::sourceparts=- -o "Dir::State=$apt/state" -o "Dir::Cache=$apt/cache"
        -o Dir::State::status=/var/lib/dpkg/status -qq
    )
    apt-get "${options[@]}" update
    (cd "$apt" && apt-get "${options[@]}" download victoria-metrics 2>/dev/null && dpkg -x victoria-metrics_*.deb "$scratch_path/victoria")
    dpkg-deb --field "$apt"/victoria-metrics_*.deb Version >"$scratch_path/victoria/version"
fi

if [[ -z ${CAUSEWAY_BIN-} ]]; then
    swift build --product causeway
    CAUSEWAY_BIN=$(swift build --show-bin-path)/causeway
fi
export CAUSEWAY_BIN
"$scratch_path/venv/bin/python" Tests/Backends/run.py "$scratch_path" "$scratch_path/victoria/usr/bin/victoria-metrics" \
    "$(cat "$scratch_path/victoria/version")" \
    Tests/Fixtures/backends/record.json

# The numbers that VictoriaMetrics answers with, beside an independent count, through a kill and a restart.
printf '==> metrics, asked of VictoriaMetrics\n'
scripts/setup.sh test
VICTORIA_BIN=$scratch_path/victoria/usr/bin/victoria-metrics .venv/bin/python -m pytest -q -p no:cacheprovider \
    Tests/EndToEnd/test_metrics.py -k victoriametrics

printf '==> docs/backends.md follows with: CAUSEWAY_WRITE_GOLDEN=1 swift test --filter BackendRecordTests\n'
