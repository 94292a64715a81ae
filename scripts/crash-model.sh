#!/usr/bin/env bash
# The crash model with many more seeds, in a release build: SEEDS histories from seed FIRST on; and every bit where the unit tests take every
# third. A history that breaks a promise prints its seed: `make crash-model SEEDS=1 FIRST=<seed> STORY=1` tells what happened in it.
#
# Without FIRST it goes on where the last run on the same sources ended, CHUNK histories at a time, until SEEDS are done or MINUTES have
# passed; each chunk is a line in .build/crash-model/record.tsv: sources, first seed, histories, crashes, broken, seconds.
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

readonly record=$part/record.tsv seeds=${SEEDS:-10000} chunk=${CHUNK:-2000}
sources=$(find Sources/CausewaySpool Sources/CausewayPlatform Tests/CausewaySpoolTests Tests/TestSupport -name '*.swift' -print0 |
    sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-12)
touch "$record"
done_so_far() { awk -v sources="$sources" '$1 == sources && $2 + $3 > next_ { next_ = $2 + $3 } END { print (next_ ? next_ : 1) - 1 }' "$record"; }

while done=$(done_so_far) && ((done < seeds)) && ((SECONDS < ${MINUTES:-100000} * 60)); do
    count=$((seeds - done < chunk ? seeds - done : chunk)) began=$SECONDS log=$part/chunk.log
    CRASH_SEEDS=$count CRASH_FIRST_SEED=$((done + 1)) run --skip-build --filter CrashModelTests >"$log" 2>&1 || true
    # crash model: 2000 histories from seed 1, 5130 crashes, 0 broken
    line=$(sed -n 's/^crash model: \([0-9]*\) histories from seed \([0-9]*\), \([0-9]*\) crashes, \(.*, \)*\([0-9]*\) broken$/\2\t\1\t\3\t\5/p' "$log")
    if [[ -z $line ]]; then
        cat "$log"
        printf 'crash-model: the histories from seed %s on ended the process\n' $((done + 1)) >&2
        exit 1
    fi
    printf '%s\t%s\t%s\n' "$sources" "$line" $((SECONDS - began)) | tee -a "$record"
    grep 'seed [0-9]*:' "$log" || true
done
awk -v sources="$sources" '$1 == sources { n += $3; c += $4; b += $5 }
    END { printf "%d histories, %d crashes, %d broken\n", n, c, b; exit b > 0 }' "$record"
