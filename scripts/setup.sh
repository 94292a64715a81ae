#!/usr/bin/env bash
# Installs what the machine lacks. With everything there it only looks, and takes less than a second.
#
#   scripts/setup.sh build    Debian packages and the Swift toolchain's version
#   scripts/setup.sh test     the same and .venv, the Python packages of the end-to-end tests
set -euo pipefail
cd "$(dirname "$0")/.."

readonly needed_swift=6.3
readonly build_packages=(
    gcc make git binutils
    libprotobuf-c-dev libcurl4-openssl-dev libdeflate-dev libzstd-dev libssl-dev
)
readonly test_packages=(protobuf-c-compiler protobuf-compiler libprotobuf-dev python3 python3-venv)

say() { printf '==> %s\n' "$*"; }
fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 3
}

install_packages() {
    command -v dpkg-query >/dev/null || fail "this is not a Debian system; install the counterparts of: $*"
    local missing=() package
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    local command=(apt-get install -y --no-install-recommends "${missing[@]}")
    local as_root=()
    if ((EUID != 0)); then
        sudo -n true 2>/dev/null || fail "these packages are missing; run: sudo apt-get update && sudo ${command[*]}"
        as_root=(sudo -n)
    fi
    say "installing ${#missing[@]} Debian packages (about a minute): ${missing[*]}"
    "${as_root[@]}" apt-get update -qq || fail "apt-get update failed; run it by hand to see why"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${command[@]}" -qq >/dev/null ||
        fail "apt-get install failed; run: ${command[*]}"
}

check_swift() {
    local where="install Swift $needed_swift or later: https://www.swift.org/install/linux/"
    command -v swift >/dev/null || fail "there is no swift on the PATH; $where"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    [[ -n $version ]] || fail "'swift --version' tells no version; $where"
    [[ $(printf '%s\n' "$needed_swift" "$version" | sort -V | head -n 1) == "$needed_swift" ]] ||
        fail "Swift $version is too old; $where"
}

# The copy of the requirements inside .venv is written last, so an interrupted installation is done again.
make_venv() {
    local requirements=Tests/EndToEnd/requirements.txt
    cmp -s "$requirements" .venv/requirements.txt && return 0
    say "installing the Python packages of the end-to-end tests into .venv (about half a minute)"
    python3 -m venv --clear .venv || fail "python3 -m venv failed; is python3-venv there?"
    .venv/bin/pip install --quiet --disable-pip-version-check --requirement "$requirements" ||
        fail "pip could not install $requirements; is the package index reachable?"
    cp "$requirements" .venv/requirements.txt
}

case ${1:-} in
build)
    install_packages "${build_packages[@]}"
    check_swift
    ;;
test)
    install_packages "${build_packages[@]}" "${test_packages[@]}"
    check_swift
    make_venv
    ;;
*)
    echo "usage: scripts/setup.sh build | test" >&2
    exit 2
    ;;
esac
