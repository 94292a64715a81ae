#!/usr/bin/env bash
# swift-format over everything we write; --check only says what differs. Generated code is C, so nothing has to be left out.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly files=(Package.swift Sources Tests Fuzz)
case ${1:-} in
--check) swift format lint --strict --parallel --recursive "${files[@]}" ;;
"") swift format --in-place --parallel --recursive "${files[@]}" ;;
*)
    echo "usage: scripts/format.sh [--check]" >&2
    exit 2
    ;;
esac
