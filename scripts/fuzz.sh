#!/usr/bin/env bash
# Feeds arbitrary bytes to whatever reads bytes from disk or wire, with libFuzzer and the address sanitizer: SECONDS_EACH for each target of
# `Tests/FuzzTests`, or for TARGET alone. What ends a target is left in .build/fuzz/found; what reached new code in .build/fuzz/corpus.
#
# Built by hand and not as a package: every module has to be instrumented, and nothing of it belongs to a normal build.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly build=.build/fuzz
readonly seconds=${SECONDS_EACH:-60}
scripts/setup.sh build
mkdir -p "$build/found" "$build/modules"

# compile MODULE FILE…: one object, and the module for those who import it; nothing when it is newer than all the sources of ours.
compile() {
    local module=$1
    shift
    objects+=("$build/$module.o")
    [[ ! -e $build/$module.o || -n $(find Sources Tests/TestSupport Tests/FuzzTests Fuzz -newer "$build/$module.o" -print -quit) ]] || return 0
    swiftc -O -wmo -swift-version 6 -parse-as-library -sanitize=fuzzer,address -enable-testing -package-name causeway \
        -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility \
        -enable-upcoming-feature ExistentialAny -I "$build/modules" -I Sources/CCauseway/include -suppress-warnings \
        -module-name "$module" -emit-module -emit-module-path "$build/modules/$module.swiftmodule" \
        -emit-object -o "$build/$module.o" "$@"
}

printf '==> building (two minutes when everything is new)\n'
objects=()
while IFS= read -r -d '' source; do
    object=$build/$(basename "$source").o
    objects+=("$object")
    [[ $object -nt $source ]] ||
        clang -O1 -g -fsanitize=address,fuzzer-no-link -I Sources/CCauseway/include -I Sources/CCauseway -c -o "$object" "$source"
done < <(find Sources/CCauseway -name '*.c' -print0)
# In the order in which they import each other.
for module in CausewayModel CausewayPlatform CausewayOTLP CausewaySemantics CausewaySpool; do
    [[ ! -d Sources/$module ]] || mapfile -t sources < <(find "Sources/$module" -name '*.swift')
    [[ ! -d Sources/$module ]] || compile "$module" "${sources[@]}"
done
compile TestSupport Tests/TestSupport/{MemoryDisk,TestClock,SeededRandom}.swift
# By whole paths: a target finds its fixtures from where it is.
mapfile -t sources < <(find "$PWD/Fuzz" "$PWD/Tests/FuzzTests" -name '*.swift' ! -name '*Tests.swift')
compile Fuzz "${sources[@]}"
mapfile -t libraries < <(grep -o 'linkedLibrary("[^"]*")' Package.swift | sed 's/.*("\(.*\)")/-l\1/' | sort -u)
swiftc -use-ld=lld -sanitize=fuzzer,address -o "$build/fuzz" "${objects[@]}" "${libraries[@]}"

mapfile -t targets < <(sed -n '/^let fuzzTargets/,/^]/s/^ *\.\(.*\),$/\1/p' Tests/FuzzTests/FuzzTarget.swift)
failed=()
for target in "${targets[@]}"; do
    [[ ${TARGET:-all} == all || $TARGET == "$target" ]] || continue
    printf '==> %s, %s seconds\n' "$target" "$seconds"
    mkdir -p "$build/corpus/$target" "$build/seeds/$target"
    # A crash is to end the process at once; the runtime's own backtrace would hang in it.
    FUZZ_TARGET=$target FUZZ_SEEDS=$build/seeds/$target SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 "$build/fuzz" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 -verbosity=0 -print_final_stats=1 \
        -artifact_prefix="$build/found/$target-" "$build/corpus/$target" "$build/seeds/$target" 2>&1 |
        grep -v 'NEW_FUNC\|Uses: \|Recommended dictionary' || failed+=("$target")
done
if ((${#failed[@]})); then
    printf 'fuzz: broken: %s; the bytes are in %s/found\n' "${failed[*]}" "$build" >&2
    exit 1
fi
