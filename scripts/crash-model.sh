#!/usr/bin/env bash
# The crash models with many more seeds, in a release build: SEEDS histories of the log, and as many of settling on it, from seed FIRST on;
# and every bit where the unit tests take every third. A history that breaks a promise prints its seed: `make crash-model SEEDS=1
# FIRST=<seed> STORY=1` tells what happened in it (with FILTER=SettleCrashTests in one of settling).
#
# Without FIRST it goes on where the last run on the same sources ended, CHUNK histories at a time, until SEEDS are done or MINUTES have
# passed; each chunk is a line in .build/crash-model/record.tsv or settling.tsv: sources, first seed, histories, crashes, broken, seconds.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh build

# The spool and settling alone, built for testing in a place of their own: no dependencies, and a release build that was made to be shipped
# stays.
readonly part=.build/crash-model
mkdir -p "$part"
ln -sfn ../../Sources ../../Tests "$part"
cat Package.swift - >"$part/Package.swift" <<'EOF'

package.dependencies = []
package.products = []
let part: Set = [
    "CCauseway", "CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySemantics", "CausewaySpool", "TestSupport", "CausewaySpoolTests",
]
package.targets.removeAll { !part.contains($0.name) }
let below: [Target.Dependency] = ["CausewayModel", "CausewayPlatform", "CausewayOTLP", "CausewaySemantics", "CausewaySpool"]
package.targets += [
    .target(
        name: "Causeway", dependencies: below, path: "Sources/Causeway/Deriving",
        sources: ["Settling.swift", "SettleNumbers.swift", "DerivingMoment.swift"], swiftSettings: strict
    ),
    .testTarget(
        name: "CausewayTests", dependencies: below + ["Causeway", "TestSupport"], path: "Tests/CausewayTests/Deriving",
        sources: ["SettleCrashRun.swift", "SettleCrashTests.swift", "SteppedSpool.swift"], swiftSettings: strict
    ),
]
EOF

# Sets in the order of a seed of their own would change a history.
export SWIFT_DETERMINISTIC_HASHING=1
[[ -z ${STORY:-} ]] || export CRASH_STORY=1
run() { swift test --package-path "$part" -c release -Xswiftc -enable-testing "$@"; }

if [[ -n ${FIRST:-} ]]; then
    CRASH_SEEDS=${SEEDS:-10000} CRASH_FIRST_SEED=$FIRST run --filter "${FILTER:-CrashModelTests}"
    exit
fi

swift build --build-tests --package-path "$part" -c release -Xswiftc -enable-testing
run --skip-build --filter "${FILTER:-(Damage|Fault)Tests}"

readonly seeds=${SEEDS:-10000} chunk=${CHUNK:-2000}
sources=$(find Sources/CausewaySpool Sources/CausewayPlatform Sources/CausewaySemantics/Settle Sources/Causeway/Deriving \
    Tests/CausewaySpoolTests Tests/TestSupport Tests/CausewayTests/Deriving -name '*.swift' -print0 |
    sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-12)

# Plays the histories of one model: the words its summary begins with, the test, its record.
play() {
    local words=$1 test=$2 record=$part/$3 done count began line
    local -r log=$part/chunk.log
    touch "$record"
    while done=$(awk -v sources="$sources" '$1 == sources && $2 + $3 > next_ { next_ = $2 + $3 } END { print (next_ ? next_ : 1) - 1 }' "$record") &&
        ((done < seeds)) && ((SECONDS < ${MINUTES:-100000} * 60)); do
        count=$((seeds - done < chunk ? seeds - done : chunk)) began=$SECONDS
        CRASH_SEEDS=$count CRASH_FIRST_SEED=$((done + 1)) run --skip-build --filter "$test" >"$log" 2>&1 || true
        # crash model: 2000 histories from seed 1, 5130 crashes, 0 broken
        line=$(sed -n "s/^$words: \([0-9]*\) histories from seed \([0-9]*\), \([0-9]*\) crashes, \(.*, \)*\([0-9]*\) broken\$/\2\t\1\t\3\t\5/p" "$log")
        if [[ -z $line ]]; then
            cat "$log"
            printf 'crash-model: the histories from seed %s on ended the process\n' $((done + 1)) >&2
            exit 1
        fi
        printf '%s\t%s\t%s\n' "$sources" "$line" $((SECONDS - began)) | tee -a "$record"
        grep 'seed [0-9]*:' "$log" || true
    done
    awk -v sources="$sources" -v words="$words" '$1 == sources { n += $3; c += $4; b += $5 }
        END { printf "%s: %d histories, %d crashes, %d broken\n", words, n, c, b; exit b > 0 }' "$record"
}

failed=0
play settling 'no history of crashes changes' settling.tsv || failed=1
play 'crash model' CrashModelTests record.tsv || failed=1
exit $failed
