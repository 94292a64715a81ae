#!/usr/bin/env bash
# Feeds arbitrary bytes to whatever reads bytes from disk or wire, with libFuzzer and the address sanitizer: FUZZ_SECONDS for each
# target, or for FUZZ_TARGET alone. What ends a target is left in .build/fuzz/found; what reached new code in .build/fuzz/corpus.
#
# Built by hand and not as a package: every module has to be instrumented, and nothing of it belongs to a normal build.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly build=.build/fuzz
readonly seconds=${FUZZ_SECONDS:-60}
readonly targets=(segment cursor fields protobuf json)
scripts/setup.sh build
mkdir -p "$build/found" "$build/modules"

# compile MODULE FILE…: one object, and the module for those who import it.
compile() {
    local module=$1
    shift
    swiftc -O -wmo -swift-version 6 -parse-as-library -sanitize=fuzzer,address -enable-testing -package-name causeway \
        -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility \
        -enable-upcoming-feature ExistentialAny -I "$build/modules" -I Sources/CCauseway/include -suppress-warnings \
        -module-name "$module" -emit-module -emit-module-path "$build/modules/$module.swiftmodule" \
        -emit-object -o "$build/$module.o" "$@"
}

printf '==> building (about two minutes)\n'
objects=()
while IFS= read -r -d '' source; do
    object=$build/$(basename "$source").o
    clang -O1 -g -fsanitize=address,fuzzer-no-link -I Sources/CCauseway/include -I Sources/CCauseway -c -o "$object" "$source"
    objects+=("$object")
done < <(find Sources/CCauseway -name '*.c' -print0)
compile CausewayModel Sources/CausewayModel/*.swift
compile CausewayPlatform Sources/CausewayPlatform/*.swift
compile CausewayOTLP Sources/CausewayOTLP/*.swift
compile CausewaySpool Sources/CausewaySpool/*.swift
compile TestSupport Tests/TestSupport/{MemoryDisk,TestClock}.swift
compile Fuzz Fuzz/Fuzz.swift Tests/CausewaySpoolTests/SteppedSpool.swift
swiftc -use-ld=lld -sanitize=fuzzer,address -o "$build/fuzz" "$build"/{CausewayModel,CausewayPlatform,CausewayOTLP,CausewaySpool,TestSupport,Fuzz}.o \
    "${objects[@]}" -lprotobuf-c -lcurl -ldeflate -lzstd

seeds() {
    case $1 in
    segment) echo Tests/Fixtures/spool ;;
    protobuf | json) echo Tests/Fixtures/otlp-json ;;
    esac
}

failed=()
for target in "${targets[@]}"; do
    [[ ${FUZZ_TARGET:-all} == all || $FUZZ_TARGET == "$target" ]] || continue
    printf '==> %s, %s seconds\n' "$target" "$seconds"
    mkdir -p "$build/corpus/$target"
    # A crash is to end the process at once; the runtime's own backtrace would hang in it.
    # shellcheck disable=SC2046
    FUZZ_TARGET=$target SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 "$build/fuzz" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 -artifact_prefix="$build/found/$target-" \
        "$build/corpus/$target" $(seeds "$target") || failed+=("$target")
done
if ((${#failed[@]})); then
    printf 'fuzz: broken: %s; the bytes are in %s/found\n' "${failed[*]}" "$build" >&2
    exit 1
fi
