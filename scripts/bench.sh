#!/usr/bin/env bash
# Measures a release build: RUNS times DURATION seconds for each row. About five minutes with the defaults, after the build.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly build=.build/bench
scripts/setup.sh test
make --no-print-directory build
mkdir -p "$build"
gcc -O2 -Wall -Wextra -D_GNU_SOURCE -o "$build/load" Benchmarks/load.c -lpthread
gcc -O2 -Wall -Wextra -D_GNU_SOURCE -o "$build/backend" Benchmarks/backend.c -ldeflate -lzstd
.venv/bin/python Benchmarks/payload.py "$build/payloads"
.venv/bin/python Benchmarks/bench.py "${CAUSEWAY_BIN:-.build/release/causeway}" "$build" --runs "${RUNS:-3}" --seconds "${DURATION:-5}"
swift build -c release --product UnderstandBench
.build/release/UnderstandBench Tests/Fixtures/corpus/*/*.otlp.pb
swift build -c release --product AgentEventBench
.build/release/AgentEventBench
swift build -c release --product RenderBench
.build/release/RenderBench Tests/Fixtures/corpus/*/*.otlp.pb
swift build -c release --product SettleBench
.build/release/SettleBench Tests/Fixtures/corpus/*/*.pb
swift build -c release --product MetricsBench
.build/release/MetricsBench Tests/Fixtures/corpus/*/*.otlp.pb
