#!/usr/bin/env bash
# The crash model with many more seeds, in a release build: SEEDS histories from seed FIRST on, about 50 a second; and every bit where
# the unit tests take every third. A history that breaks a promise prints its seed: `make crash-model SEEDS=1 FIRST=<seed> STORY=1`
# tells what happened in it.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh build

# The spool alone, built for testing in a place of its own: no dependencies, and a release build that was made to be shipped stays.
readonly part=.build/crash-model
mkdir -p "$part"
ln -sfn ../../Sources ../../Tests "$part"
cat Package.swift - >"$part/Package.swift" <<'EOF'

package.dependencies = []
package.products = []
let part: Set = ["CCauseway", "CausewayModel", "CausewayPlatform", "CausewaySpool", "TestSupport", "CausewaySpoolTests"]
package.targets.removeAll { !part.contains($0.name) }
EOF

export CRASH_SEEDS=${SEEDS:-10000} CRASH_FIRST_SEED=${FIRST:-1}
[[ -z ${STORY:-} ]] || export CRASH_STORY=1
# Sets in the order of a seed of their own would change a history.
SWIFT_DETERMINISTIC_HASHING=1 swift test --package-path "$part" -c release -Xswiftc -enable-testing \
    --filter "${FILTER:-(CrashModel|Damage|Fault)Tests}"
