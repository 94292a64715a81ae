#!/usr/bin/env bash
# The crash model with many more seeds, in a release build: SEEDS histories from seed FIRST on, about 50 a second; and every bit where
# the unit tests take every third. A history that breaks a promise prints its seed: `make crash-model SEEDS=1 FIRST=<seed> STORY=1`
# tells what happened in it.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh build
# Apart from other release builds, which are not for testing. Sets in the order of a seed of their own would change a history.
export CRASH_SEEDS=${SEEDS:-10000} CRASH_FIRST_SEED=${FIRST:-1} SWIFT_DETERMINISTIC_HASHING=1
[[ -z ${STORY:-} ]] || export CRASH_STORY=1
swift test -c release -Xswiftc -enable-testing --scratch-path .build/crash-model --filter "${FILTER:-(CrashModel|Damage|Fault)Tests}"
