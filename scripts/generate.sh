#!/usr/bin/env bash
# Makes the C code of proto/ with protoc-c. The result is committed and never edited.
#
#   scripts/generate.sh           writes it
#   scripts/generate.sh --check   makes it anew elsewhere; exit 1 with the difference if what is committed differs
#
# Sources go beside the shims, headers below include/, where both the C compiler and the module map find them.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly target=Sources/CCauseway
# The output differs between versions; whoever changes this one regenerates and commits.
readonly version="protobuf-c 1.4.1"

fail() {
    printf 'generate: %s\n' "$*" >&2
    exit 3
}

command -v protoc-c >/dev/null || fail "there is no protoc-c; run: apt-get install protobuf-c-compiler libprotobuf-c-dev libprotobuf-dev"
[[ $(protoc-c --version | head -n 1) == "$version" ]] || fail "protoc-c has to be of $version"
[[ -e /usr/include/google/protobuf/descriptor.proto ]] || fail "descriptor.proto is missing; run: apt-get install libprotobuf-dev"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mapfile -t definitions < <(cd proto && find . -name '*.proto' -printf '%P\n' | sort)
mkdir "$scratch/all"
protoc-c -I proto -I /usr/include --c_out="$scratch/all" "${definitions[@]}"
(cd "$scratch/all" && find . -name '*.h' -exec install -D -m 644 {} "$scratch/new/include/{}" \;)
(cd "$scratch/all" && find . -name '*.c' -exec install -D -m 644 {} "$scratch/new/{}" \;)

status=0
for folder in opentelemetry google include/opentelemetry include/google; do
    if [[ ${1-} == --check ]]; then
        diff -ruN "$target/$folder" "$scratch/new/$folder" || status=1
    else
        rm -rf "${target:?}/$folder"
        mkdir -p "$(dirname "$target/$folder")"
        cp -R "$scratch/new/$folder" "$target/$folder"
    fi
done
((status == 0)) || printf 'generate: proto/ and %s differ; run: make generate\n' "$target" >&2
exit "$status"
