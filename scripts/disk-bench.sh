#!/usr/bin/env bash
# Measures the log on a real disk, against what the disk itself can do: RUNS times each row, DURATION seconds each, DRAIN gigabytes drained.
# DIRECTORY is where the data go; a fast disk with that much room. Prints tables for BENCHMARKS.md.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh build
command -v fio >/dev/null || echo "disk-bench: fio is not installed (apt-get install fio); its rows are left out" >&2

# The spool alone and the program that measures it: in a place of its own, since nobody else wants either.
readonly part=.build/disk-bench
mkdir -p "$part"
ln -sfn ../../Sources ../../Benchmarks "$part"
cat Package.swift - >"$part/Package.swift" <<'EOF'

package.dependencies = []
package.products = []
let part: Set = ["CCauseway", "CausewayPlatform", "CausewaySpool"]
package.targets.removeAll { !part.contains($0.name) }
package.targets.append(
    .executableTarget(name: "DiskBench", dependencies: ["CausewayPlatform", "CausewaySpool"], path: "Benchmarks/DiskBench"))
EOF
swift build --package-path "$part" -c release --product DiskBench
python3 Benchmarks/disk_bench.py "$part/.build/release/DiskBench" "${DIRECTORY:-$part/data}" \
    --runs "${RUNS:-3}" --seconds "${DURATION:-3}" --drain "${DRAIN:-5}" --only "${ONLY:-append,drain,open}"
