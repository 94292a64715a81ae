#!/usr/bin/env bash
# Writes profiles/*.yaml into a Swift file, so that the executable needs no files beside it. The result is committed and never edited.
#
#   scripts/profiles.sh           writes it
#   scripts/profiles.sh --check   exit 1 with the difference if what is committed differs
set -euo pipefail
cd "$(dirname "$0")/.."

readonly target=Sources/Causeway/Profiles/BackendProfile+Texts.swift

written=$(mktemp)
trap 'rm -f "$written"' EXIT

{
    printf '// Made from profiles/*.yaml by `make generate`; never edited.\n\nextension BackendProfile {\n'
    printf '    /// The files of all profiles, by name.\n    static let texts: [String: String] = [\n'
    for file in profiles/*.yaml; do
        name=$(basename "$file" .yaml)
        printf '        "%s": #"""\n' "$name"
        sed "s/^\(.\)/        \1/" "$file"
        printf '        """#,\n'
    done
    printf '    ]\n}\n'
} >"$written"

if [[ ${1-} == --check ]]; then
    diff -u "$target" "$written" || {
        printf 'profiles: %s is not what profiles/ gives; run: make generate\n' "$target" >&2
        exit 1
    }
else
    install -D -m 644 "$written" "$target"
fi
